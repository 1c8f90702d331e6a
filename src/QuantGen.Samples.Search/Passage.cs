namespace QuantGen.Samples.Search;

/// <summary>A paragraph of a document, or a row of a table.</summary>
/// <param name="Heading">The heading above it.</param>
/// <param name="Text">The text.</param>
public sealed record Passage(string Heading, string Text)
{
    // Shorter texts say nothing by themselves.
    private const int LeastLength = 60;

    /// <summary>Divides a document in Markdown.</summary>
    /// <param name="markdown">The document.</param>
    public static IReadOnlyList<Passage> Split(string markdown)
    {
        ArgumentNullException.ThrowIfNull(markdown);
        var passages = new List<Passage>();
        var lines = new List<string>();
        string heading = string.Empty;
        bool isCode = false;
        foreach (string line in markdown.Split('\n').Append(string.Empty))
        {
            bool isFence = line.StartsWith("```", StringComparison.Ordinal);
            bool isRow = line.StartsWith('|') || line.StartsWith("- ", StringComparison.Ordinal);
            if (lines.Count > 0 && (isFence || isRow || line.Length == 0 || line[0] == '#'))
            {
                Add(passages, heading, string.Join(' ', lines));
                lines.Clear();
            }

            isCode ^= isFence;
            if (!isCode && line.StartsWith('#'))
            {
                heading = line.TrimStart('#', ' ');
            }
            else if (!isCode && !isFence && line.Length > 0)
            {
                lines.Add(line.Trim('|', '-', ' '));
            }
        }

        return passages;
    }

    // Rows of numbers are left out.
    private static void Add(List<Passage> passages, string heading, string text)
    {
        if (text.Length >= LeastLength && text.Count(char.IsLetter) > text.Length / 2)
        {
            passages.Add(new Passage(heading, text));
        }
    }
}
