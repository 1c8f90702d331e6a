using System.Globalization;
using System.Net;
using System.Text;

namespace QuantGen.Training.Reporting;

/// <summary>Puts a page together that needs nothing else, no network either.</summary>
internal sealed class ReportPage
{
    private const string Style = """
        body { font: 15px/1.5 system-ui, sans-serif; max-width: 760px; margin: 2em auto; padding: 0 1em; color: #222 }
        table { border-collapse: collapse; margin: 1em 0 } td, th { padding: .2em .8em; border-bottom: 1px solid #ddd; text-align: right }
        td:first-child, th:first-child { text-align: left } tr.best { font-weight: 600 }
        svg { width: 100%; margin: 1em 0 }
        """;

    private readonly StringBuilder _text = new();

    /// <summary>Begins a page.</summary>
    public ReportPage(string title)
    {
        string name = WebUtility.HtmlEncode(title);
        _text.Append(
            CultureInfo.InvariantCulture,
            $"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{name}</title>\n<style>\n{Style}\n"
                + $"{SvgChart.Style}\n</style></head><body>\n<h1>{name}</h1>\n");
    }

    /// <summary>Adds a paragraph.</summary>
    public void AddText(string text) => _text.Append(CultureInfo.InvariantCulture, $"<p>{WebUtility.HtmlEncode(text)}</p>\n");

    /// <summary>Adds a chart.</summary>
    public void AddChart(string svg) => _text.Append(svg);

    /// <summary>Adds a table.</summary>
    /// <param name="heads">The heads of its columns.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="best">The row that stands out; -1 for none.</param>
    public void AddTable(IEnumerable<string> heads, IEnumerable<IReadOnlyList<string>> rows, int best = -1)
    {
        _text.Append("<table>\n<tr>").AppendJoin(string.Empty, heads.Select(head => $"<th>{WebUtility.HtmlEncode(head)}</th>")).Append("</tr>\n");
        int at = 0;
        foreach (IReadOnlyList<string> row in rows)
        {
            _text.Append(at++ == best ? "<tr class=\"best\">" : "<tr>")
                .AppendJoin(string.Empty, row.Select(cell => $"<td>{WebUtility.HtmlEncode(cell)}</td>")).Append("</tr>\n");
        }

        _text.Append("</table>\n");
    }

    /// <summary>Ends the page.</summary>
    public string End() => _text.Append("</body></html>\n").ToString().Replace("\r\n", "\n", StringComparison.Ordinal);
}
