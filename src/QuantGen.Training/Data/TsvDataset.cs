namespace QuantGen.Training.Data;

/// <summary>A file of labelled sentences or sentence pairs, as GLUE's tasks come in.</summary>
/// <remarks>
/// <para>
/// UTF-8, with or without a byte order mark; lines end in LF or CRLF; columns are separated by one tab. The first line is one of
/// <c>sentence</c>, <c>sentence label</c>, <c>sentence1 sentence2</c> and <c>sentence1 sentence2 label</c>, or <c>query document label</c> or <c>anchor
/// positive negative</c>, tab-separated. There
/// is no quoting: a quotation mark is a character like any other. Labels are finite numbers, or words, which start with a letter.
/// </para>
/// <para>
/// A name that ends in <c>.csv</c> is read as comma-separated values (RFC 4180), one in <c>.jsonl</c> or <c>.ndjson</c> as lines of JSON objects. There, and
/// where <see cref="TableOptions"/> names columns, columns are found by their names, and others are left alone.
/// </para>
/// </remarks>
public sealed class TsvDataset
{
    private const string Headers = "a header line 'sentence' or 'sentence1<TAB>sentence2', with or without '<TAB>label'";
    private static readonly TableOptions s_defaults = new();

    private TsvDataset(IReadOnlyList<TsvRow> rows, bool hasPairs, bool hasLabels)
    {
        Rows = rows;
        HasPairs = hasPairs;
        HasLabels = hasLabels;
    }

    /// <summary>Gets the rows in the file's order.</summary>
    public IReadOnlyList<TsvRow> Rows { get; }

    /// <summary>Gets whether every row has a second sentence.</summary>
    public bool HasPairs { get; }

    /// <summary>Gets whether every row has a label.</summary>
    public bool HasLabels { get; }

    /// <summary>Gets whether labels are words, and no numbers.</summary>
    public bool HasWords => HasLabels && !HasManyLabels && double.IsNaN(Rows[0].LabelValue);

    /// <summary>Gets whether a row may have any number of labels.</summary>
    public bool HasManyLabels => Rows[0].Labels is not null;

    /// <summary>Gets whether rows are queries, each with a document and how relevant it is.</summary>
    public bool IsRanking { get; private init; }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file; messages name it as it is given here.</param>
    /// <param name="options">Names of columns, and what labels are; null for defaults.</param>
    /// <exception cref="DataFormatException">The file is not as described; the message says where, what was expected and what was found.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static TsvDataset Load(string path, TableOptions? options = null) => Parse(File.ReadAllBytes(path), path, options);

    /// <summary>Reads a file's bytes.</summary>
    /// <param name="content">All bytes of the file.</param>
    /// <param name="file">The name that messages give the file, and whose end says which format it has.</param>
    /// <param name="options">Names of columns, and what labels are; null for defaults.</param>
    internal static TsvDataset Parse(ReadOnlySpan<byte> content, string file, TableOptions? options = null)
    {
        options ??= s_defaults;
        content = TextLines.WithoutMark(content, file);
        if (content.IsEmpty)
        {
            throw new DataFormatException(file, 0, Headers, "an empty file");
        }

        List<(int Line, string Text)> lines = [];
        for (int line = 1; !content.IsEmpty; line++)
        {
            lines.Add((line, TextLines.Take(ref content, file, line)));
        }

        (string[] header, IEnumerable<(int Line, string[] Fields)> fields, bool isPlain) = Path.GetExtension(file).ToLowerInvariant() switch
        {
            ".csv" => Csv(string.Join('\n', lines.Select(line => line.Text)), file),
            ".jsonl" or ".ndjson" => Json(lines.Where(line => line.Text.Length > 0), file),
            _ => (lines[0].Text.Split('\t'), lines.Skip(1).Select(line => (line.Line, line.Text.Split('\t'))), !options.NamesColumns),
        };
        if (isPlain)
        {
            RequireUsual(header, file);
        }

        TableColumns found = TableColumns.Find(header, options, file);
        TableColumns columns = options.LeavesLabels ? found with { Labels = [] } : found;
        List<TsvRow> rows = [.. fields.Select(row => ReadRow(row.Fields, header, columns, options, file, row.Line))];
        RequireOneKind(rows, columns, file);
        return rows.Count > 0
            ? new TsvDataset(rows, columns.Pair >= 0, columns.Labels.Count > 0) { IsRanking = header is ["query", "document", "label"] }
            : throw new DataFormatException(file, 0, "at least one row after the header", "the header alone");
    }

    private static (string[] Header, IEnumerable<(int Line, string[] Fields)> Rows, bool IsPlain) Csv(string text, string file)
    {
        List<(int Line, string[] Fields)> rows = [.. CsvRows.Read(text, file)];
        return (rows[0].Fields, rows.Skip(1), false);
    }

    private static (string[] Header, IEnumerable<(int Line, string[] Fields)> Rows, bool IsPlain) Json(IEnumerable<(int Line, string Text)> lines, string file)
    {
        (string[] header, List<(int Line, string[] Fields)> rows) = JsonRows.Read(lines, file);
        return (header, rows, false);
    }

    private static void RequireUsual(string[] header, string file)
    {
        if (header is not (["sentence"] or ["sentence", "label"] or ["sentence1", "sentence2"] or ["sentence1", "sentence2", "label"]
            or ["query", "document", "label"] or ["anchor", "positive"] or ["anchor", "positive", "negative"]))
        {
            throw new DataFormatException(file, 1, Headers, FoundText.Quote(string.Join('\t', header)));
        }
    }

    // Words among numbers, or the reverse, are mistakes more often than names.
    private static void RequireOneKind(List<TsvRow> rows, TableColumns columns, string file)
    {
        for (int i = 1; i < rows.Count && columns.Labels.Count > 0 && rows[0].Labels is null; i++)
        {
            if (double.IsNaN(rows[i].LabelValue) != double.IsNaN(rows[0].LabelValue))
            {
                string expected = double.IsNaN(rows[0].LabelValue) ? "a word as label, as before" : "a finite number as label";
                throw new DataFormatException(file, i + 2, expected, FoundText.Quote(rows[i].Label!));
            }
        }
    }

    private static TsvRow ReadRow(string[] fields, string[] header, TableColumns columns, TableOptions options, string file, int line)
    {
        if (fields.Length != header.Length)
        {
            string found = fields is [""] ? "an empty line" : $"{fields.Length} in {FoundText.Quote(string.Join('\t', fields))}";
            throw new DataFormatException(file, line, $"{header.Length} columns", found);
        }

        bool hasMany = options.HasManyLabels || columns.Labels.Count > 1;
        for (int i = 0; i < fields.Length; i++)
        {
            bool isNeeded = i == columns.Text || i == columns.Pair || i == columns.Negative || (columns.Labels.Contains(i) && !hasMany);
            if (isNeeded && string.IsNullOrWhiteSpace(fields[i]))
            {
                throw new DataFormatException(file, line, $"a {header[i]}", $"an empty column {i + 1}");
            }
        }

        string? pair = columns.Pair >= 0 ? fields[columns.Pair] : null;
        if (columns.Labels.Count == 0)
        {
            string? negative = columns.Negative >= 0 ? fields[columns.Negative] : null;
            return new TsvRow(fields[columns.Text], pair, null, double.NaN) { Negative = negative };
        }

        string label = fields[columns.Labels[0]];
        if (hasMany)
        {
            IReadOnlyList<string> labels = columns.Labels.Count > 1
                ? LabelText.Held(columns.Labels.Select(i => (header[i], fields[i])), file, line)
                : LabelText.Split(label);
            return new TsvRow(fields[columns.Text], pair, string.Join(',', labels), double.NaN) { Labels = labels };
        }

        double value = double.NaN;
        if (!LabelText.IsWord(label) && !LabelText.TryParse(label, out value))
        {
            throw new DataFormatException(file, line, "a finite number as label", FoundText.Quote(label));
        }

        return new TsvRow(fields[columns.Text], pair, label, value);
    }
}
