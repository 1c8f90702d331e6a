using System.Text.RegularExpressions;

namespace QuantGen.IntegrationTests.Paths;

/// <summary>Machine code as the runtime lists it under <c>DOTNET_JitDisasm</c>.</summary>
internal static partial class JitListing
{
    /// <summary>Gets the stores of vectors to the stack in each method's innermost loops.</summary>
    /// <param name="listing">What the runtime wrote.</param>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> StackStores(string listing) => listing
        .Split("; Assembly listing for method ", StringSplitOptions.RemoveEmptyEntries)
        .Where(method => method.Contains("(FullOpts)", StringComparison.Ordinal))
        .Select(method => method.Split('\n'))
        .GroupBy(lines => lines[0].Split('(')[0], StringComparer.Ordinal)
        .ToDictionary(versions => versions.Key, versions => (IReadOnlyList<string>)[.. versions.SelectMany(Stores)], StringComparer.Ordinal);

    private static IEnumerable<string> Stores(string[] lines)
    {
        var labels = new Dictionary<string, int>(StringComparer.Ordinal);
        var loops = new List<(int Start, int End)>();
        for (int i = 0; i < lines.Length; i++)
        {
            if (Label().Match(lines[i]) is { Success: true } label)
            {
                labels[label.Groups[1].Value] = i;
            }
            else if (Jump().Match(lines[i]) is { Success: true } jump && labels.TryGetValue(jump.Groups[1].Value, out int start))
            {
                loops.Add((start, i));
            }
        }

        return loops
            .Where(loop => !loops.Exists(other => other != loop && other.Start >= loop.Start && other.End <= loop.End))
            .SelectMany(loop => lines[loop.Start..loop.End])
            .Where(line => Store().IsMatch(line));
    }

    [GeneratedRegex(@"^(G_M\w+_IG\d+):")]
    private static partial Regex Label();

    [GeneratedRegex(@"^\s+j\w+\s+(?:SHORT )?(G_M\w+_IG\d+)")]
    private static partial Regex Jump();

    [GeneratedRegex(@"^\s+vmov\w+\s+[xyz]mmword ptr \[r[bs]p")]
    private static partial Regex Store();
}
