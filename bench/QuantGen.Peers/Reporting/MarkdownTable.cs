namespace QuantGen.Peers.Reporting;

/// <summary>Writes tables in Markdown.</summary>
internal static class MarkdownTable
{
    /// <summary>Writes one.</summary>
    /// <param name="headers">The first line.</param>
    /// <param name="rows">The others, with a cell for each header.</param>
    public static string Of(IReadOnlyList<string> headers, IEnumerable<IReadOnlyList<string>> rows) => string.Join(
        '\n', rows.Prepend([.. headers.Select(_ => "---")]).Prepend(headers).Select(cells => $"| {string.Join(" | ", cells)} |"));
}
