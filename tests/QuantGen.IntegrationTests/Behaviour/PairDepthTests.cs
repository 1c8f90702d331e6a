using QuantGen.Linear;
using QuantGen.TestModels;

namespace QuantGen.IntegrationTests.Behaviour;

/// <summary>Kernels that add pairs in 16 bits stay exact up to the depth that the weights allow, with the largest activations.</summary>
public sealed class PairDepthTests
{
    private const int Columns = 768;
    private const int Tokens = 15;

    [Theory]
    [InlineData("W3", 3)]
    [InlineData("W4", 4)]
    [InlineData("W5", 5)]
    [InlineData("W6", 6)]
    [InlineData("W7", 7)]
    public void Sums_are_exact_up_to_the_last_input_of_a_block(string kernel, int bits)
    {
        Type type = TestModel.Kernel(kernel);
        var order = (KernelOrder)type.GetProperty(nameof(ITileKernel.Order))!.GetValue(null)!;
        var product = type.GetMethod("Linear")!.CreateDelegate<PanelProduct.Product>();
        byte[][] activations = [.. Enumerable.Range(0, Tokens).Select(token => Enumerable.Range(0, Columns).Select(i => Activation(token, i)).ToArray())];
        int deepest = 0;
        for (int seed = 0; seed < 12; seed++)
        {
            int[][] weights = Weights(order.PanelOutputs, bits, seed);
            byte[] panel = PanelProduct.Pack(order, weights);
            int depth = order.AddsPairs ? PairDepth.Of(order, panel, Columns, weights.Length, Columns) : Columns;
            deepest = Math.Max(deepest, depth);

            Assert.Equal(
                PanelProduct.Expected(weights, activations),
                PanelProduct.Multiply(product, panel, depth, [], weights, activations));
        }

        Assert.True(deepest >= 256, $"the deepest block had {deepest} inputs");
    }

    // Runs of large weights of one sign among zeros, so that some block comes close to the limit.
    private static int[][] Weights(int rows, int bits, int seed)
    {
        var random = new Random(seed);
        int most = 1 << (bits - 1);
        double share = Math.Min(0.02, 0.16 / most) * (seed + 1);
        return [.. Enumerable.Range(0, rows).Select(row => Enumerable.Range(0, Columns)
            .Select(_ => random.NextDouble() < share ? row % 2 == 0 ? most - 1 : -most : 0).ToArray())];
    }

    private static byte Activation(int token, int input) => token == 0 || (token + input) % 7 > 0 ? byte.MaxValue : byte.MinValue;
}
