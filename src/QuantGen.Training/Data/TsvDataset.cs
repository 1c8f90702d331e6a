using System.Globalization;

namespace QuantGen.Training.Data;

/// <summary>A file of labelled sentences or sentence pairs, as GLUE's tasks come in.</summary>
/// <remarks>
/// UTF-8, with or without a byte order mark; lines end in LF or CRLF; columns are separated by one tab. The first line is one of
/// <c>sentence</c>, <c>sentence label</c>, <c>sentence1 sentence2</c> and <c>sentence1 sentence2 label</c>, tab-separated. There is no quoting: a
/// quotation mark is a character like any other. Labels are finite numbers.
/// </remarks>
public sealed class TsvDataset
{
    private const string Headers = "a header line 'sentence' or 'sentence1<TAB>sentence2', with or without '<TAB>label'";

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

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file; messages name it as it is given here.</param>
    /// <exception cref="DataFormatException">The file is not as described; the message says where, what was expected and what was found.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static TsvDataset Load(string path) => Parse(File.ReadAllBytes(path), path);

    /// <summary>Reads a file's bytes.</summary>
    /// <param name="content">All bytes of the file.</param>
    /// <param name="file">The name that messages give the file.</param>
    internal static TsvDataset Parse(ReadOnlySpan<byte> content, string file)
    {
        content = TextLines.WithoutMark(content, file);
        if (content.IsEmpty)
        {
            throw new DataFormatException(file, 0, Headers, "an empty file");
        }

        string[] columns = TextLines.Take(ref content, file, 1).Split('\t');
        (bool pairs, bool labels) = columns switch
        {
            ["sentence"] => (false, false),
            ["sentence", "label"] => (false, true),
            ["sentence1", "sentence2"] => (true, false),
            ["sentence1", "sentence2", "label"] => (true, true),
            _ => throw new DataFormatException(file, 1, Headers, FoundText.Quote(string.Join('\t', columns))),
        };

        var rows = new List<TsvRow>();
        for (int line = 2; !content.IsEmpty; line++)
        {
            string[] fields = TextLines.Take(ref content, file, line).Split('\t');
            rows.Add(ReadRow(fields, columns, pairs, labels, file, line));
        }

        return rows.Count > 0
            ? new TsvDataset(rows, pairs, labels)
            : throw new DataFormatException(file, 0, "at least one row after the header", "the header alone");
    }

    private static TsvRow ReadRow(string[] fields, string[] columns, bool pairs, bool labels, string file, int line)
    {
        if (fields.Length != columns.Length)
        {
            string found = fields is [""] ? "an empty line" : $"{fields.Length} in {FoundText.Quote(string.Join('\t', fields))}";
            throw new DataFormatException(file, line, $"{columns.Length} columns", found);
        }

        for (int i = 0; i < fields.Length; i++)
        {
            if (string.IsNullOrWhiteSpace(fields[i]))
            {
                throw new DataFormatException(file, line, $"a {columns[i]}", $"an empty column {i + 1}");
            }
        }

        double value = double.NaN;
        if (labels && !TryParseLabel(fields[^1], out value))
        {
            throw new DataFormatException(file, line, "a finite number as label", FoundText.Quote(fields[^1]));
        }

        return new TsvRow(fields[0], pairs ? fields[1] : null, labels ? fields[^1] : null, value);
    }

    private static bool TryParseLabel(string text, out double value)
    {
        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return double.TryParse(text, Style, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
    }
}
