using System.Reflection;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using QuantGen.Linear;
using QuantGen.Specs;
using QuantGen.TestModels;

namespace QuantGen.IntegrationTests.Behaviour;

/// <summary>
/// Kernels of 8 bits that add pairs in 16 stay exact, whatever weights are: two pairs of them fit, or but for a few, or one does, or too many leave 16 bits.
/// </summary>
public sealed class ClippedPairTests
{
    private const int Columns = 256;

    // Two panels of 32 outputs and a part of a third.
    private const int Rows = 70;

    // Those that this machine has, whichever it prefers.
    private static readonly string[] s_widths =
        [.. Avx2.IsSupported ? ["256"] : Array.Empty<string>(), .. Vector512.IsHardwareAccelerated && Avx512BW.IsSupported ? ["512"] : Array.Empty<string>()];

    /// <summary>Tokens: every height of a tile and what is left, none of them together, and more than meet what is clipped at once.</summary>
    public static TheoryData<string, int, int, double, int> Cases()
    {
        var cases = new TheoryData<string, int, int, double, int>();
        foreach (string width in s_widths)
        {
            foreach (int tokens in new[] { 1, 3, 5, 8, 21, 64, PanelPadding.ExcessTokens + 7 })
            {
                cases.Add(width, tokens, 30, 0, 2);
                cases.Add(width, tokens, 30, 0.004, 2);
                cases.Add(width, tokens, 70, 0.004, 1);
                cases.Add(width, tokens, 70, 0.9, 0);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Sums_are_exact(string width, int tokens, int most, double share, int pairs)
    {
        (KernelOrder order, PanelProduct.Product product) = Kernel(width);
        var random = new Random(tokens);
        int[][] weights = [.. Enumerable.Range(0, Rows).Select(row => Enumerable.Range(0, Columns).Select(_ => Weight(random, row, most, share)).ToArray())];
        byte[][] activations = [.. Enumerable.Range(0, tokens).Select(token => Activations(random, token))];
        byte[] codes = PanelProduct.Pack(order, weights);
        (int Count, int Pairs)[] found = Clip(order, codes, out int[] excess);

        // The few rows of the last panel have room for more than theirs.
        Assert.All(found[..^1], panel => Assert.Equal(pairs, panel.Count == PairClipper.Whole ? 0 : panel.Pairs));
        Assert.Equal(pairs > 0 && share > 0, found.Any(panel => panel.Count > 0));
        Assert.Equal(PanelProduct.Expected(weights, activations), PanelProduct.Multiply(product, codes, 0, excess, weights, activations));
    }

    private static (KernelOrder Order, PanelProduct.Product Product) Kernel(string width)
    {
        Type[] kernels = [.. new[] { "Quads", "Pairs", "Whole" }.Select(name => TestModel.Kernel("W8").GetNestedType(name + width, BindingFlags.NonPublic)!)];
        MethodInfo loop = typeof(PanelLoop).GetMethods().Single(each => each.Name == nameof(PanelLoop.RunClipped) && each.GetGenericArguments().Length == 3);
        var order = (KernelOrder)kernels[0].GetProperty(nameof(ITileKernel.Order))!.GetValue(null)!;
        return (order with { ClipsPairs = true }, loop.MakeGenericMethod(kernels).CreateDelegate<PanelProduct.Product>());
    }

    // Small weights, and a share of the largest of one sign a row, next to each other or not.
    private static int Weight(Random random, int row, int most, double share) =>
        random.NextDouble() < share ? row % 2 == 0 ? sbyte.MaxValue : sbyte.MinValue : random.Next(-most, most + 1);

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

    private static (int Count, int Pairs)[] Clip(KernelOrder order, byte[] codes, out int[] excess)
    {
        int words = PanelPadding.ExcessWords(order.PanelOutputs, Columns);
        int panels = codes.Length / order.PanelBytes(Columns);
        excess = new int[words * panels];
        for (int panel = 0; panel < panels; panel++)
        {
            Span<byte> placed = codes.AsSpan(panel * order.PanelBytes(Columns), order.PanelBytes(Columns));
            PairClipper.Clip(order, placed, Math.Min(order.PanelOutputs, Rows - (panel * order.PanelOutputs)), Columns, excess.AsSpan(panel * words, words));
        }

        int[] lists = excess;
        return [.. Enumerable.Range(0, panels).Select(panel => (lists[panel * words], lists[(panel * words) + 1]))];
    }
}
