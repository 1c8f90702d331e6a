namespace QuantGen.Generators.Emission;

/// <summary>Breaks lines of code that are longer than a reviewer's screen is wide: between arguments, as far outside of parentheses as can be.</summary>
internal static class LineBreaks
{
    /// <summary>The most columns of a line.</summary>
    public const int Columns = 160;

    private const string Indent = "    ";
    private static readonly string[] s_operators = { "=> ", "? ", ": ", "|| ", "&& ", "or ", "+ ", "| " };

    /// <summary>Breaks a line.</summary>
    /// <param name="line">The line; directives and what has no place to break stay whole.</param>
    /// <param name="indent">Columns that will stand before it.</param>
    /// <param name="isContinued">Whether it continues a line already, so that its own continuation stands below it.</param>
    public static IEnumerable<string> Of(string line, int indent, bool isContinued)
    {
        int start = line.TakeWhile(letter => letter == ' ').Count();
        string space = line.Substring(0, start);
        bool isComment = string.CompareOrdinal(line, start, "//", 0, 2) == 0;
        string next = space + (isComment ? line.Substring(start, line.IndexOf(' ', start) + 1 - start) : isContinued ? string.Empty : Indent);
        while (indent + line.Length > Columns && line[0] != '#' && At(line, Columns - indent, isComment) is > 0 and int at)
        {
            yield return line.Substring(0, at).TrimEnd(' ');
            line = next + line.Substring(at);
        }

        yield return line;
    }

    // The last place of those outermost; between arguments if there is one, else before an operator, else before a full name in a type's arguments.
    private static int At(string line, int room, bool isComment)
    {
        int first = line.TakeWhile(letter => letter is ' ' or '/').Count();
        if (isComment)
        {
            int space = line.LastIndexOf(' ', room);
            return space > first ? space + 1 : 0;
        }

        int list = 0;
        int comma = 0;
        int commaDepth = int.MaxValue;
        int before = 0;
        int operatorDepth = int.MaxValue;
        int depth = 0;
        bool isText = false;
        for (int i = first; i < room; i++)
        {
            char letter = line[i];
            if (letter == '"' && (i == 0 || line[i - 1] != '\\'))
            {
                isText = !isText;
            }

            if (isText)
            {
                continue;
            }

            list = letter == '<' && line[i + 1] == 'g' ? i + 1 : list;
            depth += letter is '(' or '[' or '{' ? 1 : letter is ')' or ']' or '}' ? -1 : 0;
            if (letter == '/' && line[i + 1] == '/')
            {
                break;
            }

            if (letter == ',' && line[i + 1] == ' ' && depth <= commaDepth)
            {
                (comma, commaDepth) = (i + 2, depth);
            }
            else if (letter == ' ' && i > first && depth <= operatorDepth
                && Array.Exists(s_operators, o => string.CompareOrdinal(line, i + 1, o, 0, o.Length) == 0))
            {
                (before, operatorDepth) = (i + 1, depth);
            }
        }

        return comma > 0 ? comma : before > 0 ? before : list;
    }
}
