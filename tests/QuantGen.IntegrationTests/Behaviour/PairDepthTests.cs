using System.Runtime.CompilerServices;
using QuantGen.Linear;
using QuantGen.Quantization;
using QuantGen.TestModels;

namespace QuantGen.IntegrationTests.Behaviour;

/// <summary>Kernels that add pairs in 16 bits stay exact up to the depth that the weights allow, with the largest activations.</summary>
public sealed class PairDepthTests
{
    private const int Columns = 768;
    private const int Tokens = 15;

    private delegate void Product(in QuantizedRows x, in PlacedLinear w, ref float output, int outputStride, ref float scratch);

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
        var product = type.GetMethod("Linear")!.CreateDelegate<Product>();
        int deepest = 0;
        for (int seed = 0; seed < 12; seed++)
        {
            int[][] weights = Weights(order.PanelOutputs, bits, seed);
            byte[] panel = Panel(order, weights);
            int depth = order.AddsPairs ? PairDepth.Of(order, panel, Columns, weights.Length, Columns) : Columns;
            deepest = Math.Max(deepest, depth);

            float[] outputs = Multiply(product, panel, depth, weights.Length);

            for (int token = 0; token < Tokens; token++)
            {
                float[] expected = [.. weights.Select(row => (float)row.Select((w, input) => w * Activation(token, input)).Sum())];
                Assert.Equal(expected, outputs.AsSpan(token * weights.Length, weights.Length).ToArray());
            }
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

    private static int Activation(int token, int input) => token == 0 || (token + input) % 7 > 0 ? 255 : 0;

    private static byte[] Panel(KernelOrder order, int[][] weights)
    {
        var packer = new PanelPacker(order, Columns);
        byte[] codes = [.. weights.SelectMany(row => row.Select(w => (byte)(w + (1 << (order.Bits - 1)))))];
        byte[] rows = new byte[weights.Length * Columns * order.Bits / 8];
        CodePacker.Pack(codes, Columns, order.Bits, rows);
        byte[] panel = new byte[packer.PanelBytes];
        packer.Pack(rows, panel);
        return panel;
    }

    private static float[] Multiply(Product product, byte[] panel, int depth, int rows)
    {
        byte[] activations = new byte[Tokens * Columns];
        for (int i = 0; i < activations.Length; i++)
        {
            activations[i] = (byte)Activation(i / Columns, i % Columns);
        }

        float[] biases = new float[32];
        float[] ones = [.. Enumerable.Repeat(1f, 32)];
        int[] zeros = new int[32];
        int[] depths = [.. Enumerable.Repeat(depth, 32)];
        float[] outputs = new float[Tokens * rows];
        float[] scratch = new float[PanelLoop.ScratchFloats(Tokens) + (Columns * 32)];
        var x = new QuantizedRows(ref activations[0], ref ones[0], ref zeros[0], ref zeros[0], 1, Columns, Tokens);
        var w = new PlacedLinear(
            ref panel[0], ref ones[0], ref zeros[0], ref Unsafe.NullRef<int>(), ref biases[0], ref depths[0], ref Unsafe.NullRef<int>(), rows, Columns,
            Columns);
        product(x, w, ref outputs[0], rows, ref scratch[0]);
        return outputs;
    }
}
