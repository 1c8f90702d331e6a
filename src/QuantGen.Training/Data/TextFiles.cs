namespace QuantGen.Training.Data;

/// <summary>Reads the texts of files, whatever they were labelled with.</summary>
public static class TextFiles
{
    private static readonly string[] s_tables = [".tsv", ".csv", ".jsonl", ".ndjson"];

    /// <summary>Reads the sentences of a data set (a name that ends in <c>.tsv</c>, <c>.csv</c> or <c>.jsonl</c>) or the lines of a plain text (any other
    /// name).</summary>
    /// <param name="path">The file; messages name it as it is given here.</param>
    /// <returns>At least one text; of pairs both sentences, one after the other.</returns>
    /// <exception cref="DataFormatException">The file is no data set, no UTF-8 text or empty; the message says where.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyList<string> Load(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (!s_tables.Contains(Path.GetExtension(path).ToLowerInvariant()))
        {
            return TextLines.Load(path);
        }

        TsvDataset data = TsvDataset.Load(path, new TableOptions { LeavesLabels = true });
        return [.. data.Rows.SelectMany(row => data.HasPairs ? new[] { row.Text, row.Pair! } : [row.Text])];
    }
}
