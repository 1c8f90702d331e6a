using System.Text;

namespace QuantGen.Training.Data;

/// <summary>Reads comma-separated values (RFC 4180): fields may stand in quotation marks, in which commas and line ends are text and a doubled mark is
/// one.</summary>
internal static class CsvRows
{
    /// <summary>Reads all rows, the header too, each with the line it starts at.</summary>
    /// <exception cref="DataFormatException">A quotation mark is out of place.</exception>
    public static IEnumerable<(int Line, string[] Fields)> Read(string text, string file)
    {
        int at = 0;
        int line = 1;
        while (at < text.Length)
        {
            int first = line;
            var fields = new List<string>();
            bool isOpen = true;
            while (isOpen)
            {
                fields.Add(at < text.Length && text[at] == '"' ? Quoted(text, file, ref at, ref line) : Plain(text, file, ref at, line));
                isOpen = at < text.Length && text[at] == ',';
                at += isOpen ? 1 : 0;
            }

            if (at < text.Length)
            {
                at += text[at] == '\r' ? 2 : 1;
                line++;
            }

            yield return (first, [.. fields]);
        }
    }

    private static bool IsEnd(string text, int at) =>
        at >= text.Length || text[at] == '\n' || (text[at] == '\r' && at + 1 < text.Length && text[at + 1] == '\n');

    private static string Plain(string text, string file, ref int at, int line)
    {
        int start = at;
        while (!IsEnd(text, at) && text[at] != ',')
        {
            if (text[at] == '"')
            {
                throw new DataFormatException(file, line, "quotation marks around a whole field", FoundText.Quote(text[start..(at + 1)]));
            }

            at++;
        }

        return text[start..at];
    }

    private static string Quoted(string text, string file, ref int at, ref int line)
    {
        var field = new StringBuilder();
        int first = line;
        for (at++; at < text.Length; at++)
        {
            if (text[at] != '"')
            {
                line += text[at] == '\n' ? 1 : 0;
                field.Append(text[at]);
            }
            else if (at + 1 < text.Length && text[at + 1] == '"')
            {
                field.Append(text[++at]);
            }
            else
            {
                at++;
                return IsEnd(text, at) || text[at] == ','
                    ? field.ToString()
                    : throw new DataFormatException(file, line, "a comma or the end of the line after a quotation mark", FoundText.Quote(text[at..]));
            }
        }

        throw new DataFormatException(file, first, "a quotation mark at the end of a field that starts with one", "none");
    }
}
