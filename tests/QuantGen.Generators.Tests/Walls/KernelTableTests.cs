using System.Globalization;
using QuantGen.Linear;

namespace QuantGen.Generators.Tests.Walls;

/// <summary>Holds README's table of kernels to the registry.</summary>
public class KernelTableTests
{
    private const string Header = "| kernel | needs | multiplies with | bits of a weight | outputs x tokens | beside it |";

    [Fact]
    public void README_lists_the_kernels_of_the_registry_in_their_order()
    {
        string[] listed = [.. SourceTree.Read("README.md").Split('\n').SkipWhile(line => line != Header).Skip(2).TakeWhile(line => line.StartsWith('|'))];
        string[] expected = [.. KernelRegistry.All.Select(Line), .. KernelRegistry.Floats.Select(Line)];

        Assert.True(expected.SequenceEqual(listed), $"README's table is to be\n{Header}\n|---|---|---|---|---|---|\n{string.Join('\n', expected)}");
    }

    private static string Line(KernelRow row) => $"| `{row.Name}` | {row.Set.Title} | `{row.Unit}` | {Formats(row)} | {Tile(row)} | {Beside(row)} |";

    private static string Line(FloatKernelRow row)
    {
        string outputs = string.Join(", ", new[] { row.WideVectors, row.NarrowVectors }.Select(vectors => vectors * row.Lanes).Distinct());
        return $"| `{row.Name}` | {row.Set.Title} | `{row.Unit}` | 32 | {outputs} x {N(row.Tokens)} |  |";
    }

    private static string Formats(KernelRow row) => Widths(row.Bits)
        + (row.MeetsBits ? " with activations of 1" : !row.ServesGroups ? ", a scale per row" : !row.ServesRows ? ", scales along inputs" : string.Empty);

    private static string Widths(IReadOnlyList<int> bits) => bits.Count > 2 && bits[^1] - bits[0] == bits.Count - 1
        ? $"{N(bits[0])} to {N(bits[^1])}"
        : string.Join(", ", bits.Select(N));

    private static string Tile(KernelRow row) =>
        $"{N(row.PanelOutputs)} x {string.Join(", ", new[] { row.TileTokens, row.TallTokens }.Distinct().Select(N))}";

    private static string Beside(KernelRow row) => string.Join("; ", new[]
    {
        row.Rivals.Count > 0 ? "timed against " + Names(row.Rivals, " or ") : string.Empty,
        row.Fallbacks.Count > 0 ? Names(row.Fallbacks, ", ") + " where too much would be clipped" : string.Empty,
        string.Join("; ", row.UnpackedBits.GroupBy(row.UnpackingTokens).Select(some =>
            $"panels of {Widths([.. some])} bits unpacked for {N(some.Key)} tokens or more")),
    }.Where(text => text.Length > 0));

    private static string Names(IEnumerable<KernelRow> rows, string between) => string.Join(between, rows.Select(row => $"`{row.Name}`"));

    private static string N(int number) => number.ToString(CultureInfo.InvariantCulture);
}
