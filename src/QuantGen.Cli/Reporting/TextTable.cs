using Spectre.Console;

namespace QuantGen.Cli.Reporting;

/// <summary>A small table: the first column is text, the others are aligned to the right.</summary>
internal sealed class TextTable(params string[] headers)
{
    private readonly List<string[]> _rows = [];

    /// <summary>Adds a row with one text for each header.</summary>
    public void Add(params string[] cells) => _rows.Add(cells);

    /// <summary>Makes the form for a terminal.</summary>
    public Table Draw()
    {
        var table = new Table { Border = TableBorder.Rounded };
        for (int i = 0; i < headers.Length; i++)
        {
            table.AddColumn(new TableColumn(Markup.Escape(headers[i])) { Alignment = i == 0 ? Justify.Left : Justify.Right, NoWrap = true });
        }

        foreach (string[] row in _rows)
        {
            table.AddRow([.. row.Select(cell => new Markup(Markup.Escape(cell)))]);
        }

        return table;
    }

    /// <summary>Writes the form for files and pipes.</summary>
    public void Write(TextWriter writer)
    {
        int[] widths = [.. headers.Select((header, column) => _rows.Select(row => row[column].Length).Append(header.Length).Max())];
        foreach (string[] row in _rows.Prepend(headers))
        {
            IEnumerable<string> cells = row.Select((cell, column) => column == 0 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]));
            writer.WriteLine(string.Join("  ", cells).TrimEnd());
        }
    }
}
