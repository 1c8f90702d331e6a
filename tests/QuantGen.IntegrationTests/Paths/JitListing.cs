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
        .GroupBy(method => method[..method.IndexOf('(', StringComparison.Ordinal)], StringComparer.Ordinal)
        .ToDictionary(versions => versions.Key, versions => (IReadOnlyList<string>)[.. versions.SelectMany(Stores)], StringComparer.Ordinal);

    private static IEnumerable<string> Stores(string method)
    {
        string[][] blocks = [.. Blocks(method).Select(lines => lines.ToArray())];
        return Innermost(Edges(blocks), [.. Enumerable.Range(0, blocks.Length)]).SelectMany(block => blocks[block]).Where(line => Store().IsMatch(line));
    }

    private static List<List<string>> Blocks(string method)
    {
        var blocks = new List<List<string>>();
        foreach (string line in method.Split('\n'))
        {
            if (Label().IsMatch(line))
            {
                blocks.Add([]);
            }

            if (blocks.Count > 0)
            {
                blocks[^1].Add(line);
            }
        }

        return blocks;
    }

    private static bool[,] Edges(string[][] blocks)
    {
        var starts = blocks.Index().ToDictionary(block => Label().Match(block.Item[0]).Groups[1].Value, block => block.Index);
        bool[,] edges = new bool[blocks.Length, blocks.Length];
        for (int i = 0; i < blocks.Length; i++)
        {
            foreach (string line in blocks[i])
            {
                if (Jump().Match(line) is { Success: true } jump)
                {
                    edges[i, starts[jump.Groups[1].Value]] = true;
                }
            }

            if (i + 1 < blocks.Length && !blocks[i].Any(line => End().IsMatch(line)))
            {
                edges[i, i + 1] = true;
            }
        }

        return edges;
    }

    // The compiler puts blocks in any order, so that a jump backwards makes no loop. Blocks that reach each other do, and those that still do without the one
    // that is entered first are a loop inside.
    private static IEnumerable<int> Innermost(bool[,] edges, int[] blocks)
    {
        bool[,] reaches = Reaches(edges, blocks);
        foreach (IGrouping<int, int> loop in blocks.Where(b => reaches[b, b]).GroupBy(b => blocks.First(other => reaches[b, other] && reaches[other, b])))
        {
            int[] body = [.. loop];
            int entry = body.FirstOrDefault(b => blocks.Except(body).Any(other => edges[other, b]), body[0]);
            int[] inside = [.. Innermost(edges, [.. body.Where(b => b != entry)])];
            foreach (int block in inside.Length > 0 ? inside : body)
            {
                yield return block;
            }
        }
    }

    private static bool[,] Reaches(bool[,] edges, int[] blocks)
    {
        bool[,] reaches = new bool[edges.GetLength(0), edges.GetLength(0)];
        foreach (int from in blocks)
        {
            var open = new Stack<int>([from]);
            while (open.TryPop(out int at))
            {
                foreach (int to in blocks.Where(to => edges[at, to] && !reaches[from, to]))
                {
                    reaches[from, to] = true;
                    open.Push(to);
                }
            }
        }

        return reaches;
    }

    [GeneratedRegex(@"^(G_M\w+_IG\d+):")]
    private static partial Regex Label();

    [GeneratedRegex(@"^\s+j\w+\s+(?:SHORT )?(G_M\w+_IG\d+)")]
    private static partial Regex Jump();

    [GeneratedRegex(@"^\s+(jmp|ret)\b")]
    private static partial Regex End();

    [GeneratedRegex(@"^\s+vmov\w+\s+[xyz]mmword ptr \[r[bs]p")]
    private static partial Regex Store();
}
