namespace QuantGen.Cli.Data;

/// <summary>Tells files of tagged words, a word and its tags a line (CoNLL), from lines of text.</summary>
internal static class TaggedText
{
    private const int Looked = 200;
    private static readonly char[] s_separators = [' ', '\t'];

    /// <summary>Says whether lines are words with tags.</summary>
    public static bool Is(IEnumerable<string> lines)
    {
        string[][] rows =
        [
            .. lines.Take(Looked).Select(line => line.Split(s_separators, StringSplitOptions.RemoveEmptyEntries))
                .Where(columns => columns.Length > 0 && !columns[0].StartsWith("-DOCSTART-", StringComparison.Ordinal)),
        ];
        return rows.Length > 0 && rows.All(columns => columns.Length > 1 && columns.Length == rows[0].Length && IsTag(columns[^1]))
            && rows.Any(columns => columns[^1].Length > 1);
    }

    // O for no entity, else its place in one and its kind: B-PER, I-LOC.
    private static bool IsTag(string text) => text == "O" || (text.Length > 2 && text[1] == '-' && "BIESLUM".Contains(text[0]));
}
