using System.Reflection;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using QuantGen.Linear;
using QuantGen.Specs;
using QuantGen.TestModels;

namespace QuantGen.IntegrationTests.Behaviour;

/// <summary>Kernels of 8 bits that add pairs in 16 stay exact, whatever weights are: none, a few or too many of whose pairs leave 16 bits.</summary>
public sealed class ClippedPairTests
{
    private const int Columns = 256;

    // Two panels of 32 outputs and a part of a third.
    private const int Rows = 70;

    // Those that this machine has, whichever it prefers.
    private static readonly string[] s_widths =
        [.. Avx2.IsSupported ? ["256"] : Array.Empty<string>(), .. Vector512.IsHardwareAccelerated && Avx512BW.IsSupported ? ["512"] : Array.Empty<string>()];

    /// <summary>Tokens: every height of a tile and what is left, none of them together.</summary>
    public static TheoryData<string, int, double> Cases()
    {
        var cases = new TheoryData<string, int, double>();
        foreach (string width in s_widths)
        {
            foreach (int tokens in new[] { 1, 3, 5, 8, 21 })
            {
                foreach (double share in new[] { 0, 0.004, 0.9 })
                {
                    cases.Add(width, tokens, share);
                }
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Sums_are_exact(string width, int tokens, double share)
    {
        (KernelOrder order, PanelProduct.Product product) = Kernel(width);
        var random = new Random(tokens);
        int[][] weights = [.. Enumerable.Range(0, Rows).Select(row => Enumerable.Range(0, Columns).Select(_ => Weight(random, row, share)).ToArray())];
        byte[][] activations = [.. Enumerable.Range(0, tokens).Select(token => Activations(random, token))];
        byte[] codes = PanelProduct.Pack(order, weights);
        int[] counts = Clip(order, codes, out int[] excess);

        Assert.All(counts, count => Assert.Equal(share > 0.5, count == PairClipper.Whole));
        Assert.Equal(share is > 0 and < 0.5, counts.Any(count => count > 0));
        Assert.Equal(PanelProduct.Expected(weights, activations), PanelProduct.Multiply(product, codes, 0, excess, Rows, activations));
    }

    private static (KernelOrder Order, PanelProduct.Product Product) Kernel(string width)
    {
        Type[] kernels = [.. new[] { "Clipped", "Whole" }.Select(name => TestModel.Kernel("W8").GetNestedType(name + width, BindingFlags.NonPublic)!)];
        MethodInfo loop = typeof(PanelLoop).GetMethod(nameof(PanelLoop.RunClipped))!.MakeGenericMethod(kernels);
        return ((KernelOrder)kernels[0].GetProperty(nameof(ITileKernel.Order))!.GetValue(null)!, loop.CreateDelegate<PanelProduct.Product>());
    }

    // Small weights, and a share of the largest of one sign a row, next to each other or not.
    private static int Weight(Random random, int row, double share) =>
        random.NextDouble() < share ? row % 2 == 0 ? sbyte.MaxValue : sbyte.MinValue : random.Next(-60, 61);

    private static byte[] Activations(Random random, int token)
    {
        byte[] row = new byte[Columns];
        random.NextBytes(row);
        if (token % 2 == 0)
        {
            Array.Fill(row, byte.MaxValue);
        }

        return row;
    }

    private static int[] Clip(KernelOrder order, byte[] codes, out int[] excess)
    {
        int words = PanelPadding.ExcessWords(order.PanelOutputs, Columns);
        int panels = codes.Length / order.PanelBytes(Columns);
        excess = new int[words * panels];
        for (int panel = 0; panel < panels; panel++)
        {
            Span<byte> placed = codes.AsSpan(panel * order.PanelBytes(Columns), order.PanelBytes(Columns));
            PairClipper.Clip(order, placed, Math.Min(order.PanelOutputs, Rows - (panel * order.PanelOutputs)), Columns, excess.AsSpan(panel * words, words));
        }

        int[] counts = excess;
        return [.. Enumerable.Range(0, panels).Select(panel => counts[panel * words])];
    }
}
