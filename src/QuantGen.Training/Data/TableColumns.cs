namespace QuantGen.Training.Data;

/// <summary>Where a table has its texts and labels.</summary>
/// <param name="Text">The index of the text's column.</param>
/// <param name="Pair">The index of the second text's column; -1 for none.</param>
/// <param name="Negative">The index of the column of what does not belong to the text; -1 for none.</param>
/// <param name="Labels">The indexes of the labels' columns; none without labels.</param>
internal sealed record TableColumns(int Text, int Pair, int Negative, IReadOnlyList<int> Labels)
{
    private static readonly string[] s_texts = ["sentence", "text", "sentence1", "query", "anchor"];
    private static readonly string[] s_pairs = ["sentence2", "pair", "text_pair", "document", "positive"];
    private static readonly string[] s_labels = ["label", "labels", "score"];

    /// <summary>Finds the columns by their names.</summary>
    /// <param name="header">The names of all columns.</param>
    /// <param name="options">The names that the user gives.</param>
    /// <param name="file">What messages call the file.</param>
    /// <exception cref="DataFormatException">There is no such column.</exception>
    public static TableColumns Find(IReadOnlyList<string> header, TableOptions options, string file)
    {
        int Named(string name) => Index(header, name) is int index and >= 0
            ? index
            : throw new DataFormatException(file, 1, $"a column '{name}'", FoundText.Quote(string.Join(", ", header)));
        int Usual(string[] names) => names.Select(name => Index(header, name)).FirstOrDefault(index => index >= 0, -1);
        int text = options.TextColumn is string textName ? Named(textName) : Usual(s_texts);
        if (text < 0)
        {
            throw new DataFormatException(file, 1, $"a column {string.Join(" or ", s_texts.Select(name => $"'{name}'"))}",
                FoundText.Quote(string.Join(", ", header)));
        }

        int pair = options.PairColumn is string pairName ? Named(pairName) : options.TextColumn is null ? Usual(s_pairs) : -1;
        int label = Usual(s_labels);
        int[] labels = options.LabelColumns.Count > 0 ? [.. options.LabelColumns.Select(Named)] : label < 0 ? [] : [label];
        return new TableColumns(text, pair, pair < 0 ? -1 : Index(header, "negative"), labels);
    }

    private static int Index(IReadOnlyList<string> header, string name)
    {
        for (int i = 0; i < header.Count; i++)
        {
            if (header[i] == name)
            {
                return i;
            }
        }

        return -1;
    }
}
