namespace QuantGen.Cli.Data;

/// <summary>Tells files of tagged words, a word and its tags a line (CoNLL), from others.</summary>
internal static class TaggedText
{
    private const int Looked = 200;
    private static readonly char[] s_separators = [' ', '\t'];
    private static readonly string[] s_extensions = [".conll", ".iob", ".iob2", ".bio"];

    /// <summary>Says whether a file has words with tags: by its name, or by its first lines.</summary>
    public static bool IsFile(string path) => s_extensions.Contains(Path.GetExtension(path).ToLowerInvariant()) || Is(File.ReadLines(path));

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
