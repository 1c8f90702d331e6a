using System.Globalization;
using QuantGen.Peers.Racing;
using QuantGen.Peers.Reporting;

namespace QuantGen.Peers.Tokenizers;

/// <summary>How fast a tokenizer is, and where its ids are not QuantGen's.</summary>
/// <param name="Name">Its package.</param>
/// <param name="Tokens">The tokens of the file, those at the ends of lines included.</param>
/// <param name="Times">Milliseconds for all of them.</param>
/// <param name="Different">The numbers of the lines whose ids differ.</param>
internal sealed record TokenizerRow(string Name, long Tokens, TimeSummary Times, IReadOnlyList<int> Different)
{
    private const int FirstDifferences = 5;

    /// <summary>Gets the speed by median time.</summary>
    public double MillionTokensPerSecond => Tokens / Times.Median / 1000;

    /// <summary>Compares and times tokenizers.</summary>
    /// <param name="tokenizers">The first is what the others are compared with.</param>
    /// <param name="lines">The lines that all of them tokenize.</param>
    /// <param name="turns">How they take turns.</param>
    /// <param name="cancellation">Stops between two runs.</param>
    public static IReadOnlyList<TokenizerRow> Measure(
        IReadOnlyList<LineTokenizer> tokenizers, IReadOnlyList<TextLine> lines, Turns turns, CancellationToken cancellation)
    {
        IReadOnlyList<int>[] different = [.. tokenizers.Select(tokenizer => Differences(tokenizers[0], tokenizer, lines))];
        double[][] times = turns.Take(tokenizers, cancellation);
        return [.. tokenizers.Select((tokenizer, i) => new TokenizerRow(tokenizer.Name, tokenizer.Tokens(), TimeSummary.Of(times[i]), different[i]))];
    }

    /// <summary>Writes a table.</summary>
    public static string Write(IEnumerable<TokenizerRow> rows) => MarkdownTable.Of(
        ["tokenizer", "tokens", "ms (p10-p90)", "million tokens/s", "lines that differ", "the first of them"],
        rows.Select(row => (string[])
        [
            row.Name,
            row.Tokens.ToString("N0", CultureInfo.InvariantCulture),
            RaceText.Spread(row.Times),
            row.MillionTokensPerSecond.ToString("0.00", CultureInfo.InvariantCulture),
            row.Different.Count.ToString("N0", CultureInfo.InvariantCulture),
            string.Join(", ", row.Different.Take(FirstDifferences).Select(number => number.ToString(CultureInfo.InvariantCulture))),
        ]));

    private static List<int> Differences(LineTokenizer expected, LineTokenizer tokenizer, IReadOnlyList<TextLine> lines) =>
        [.. lines.Where(line => !Ids(expected, line).AsSpan().SequenceEqual(Ids(tokenizer, line))).Select(line => line.Number)];

    private static int[] Ids(LineTokenizer tokenizer, TextLine line) => tokenizer.Ids(tokenizer.Encode(line.Text));
}
