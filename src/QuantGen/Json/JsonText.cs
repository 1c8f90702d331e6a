using System.Globalization;
using System.Text;

namespace QuantGen.Json;

/// <summary>Reads JSON where System.Text.Json cannot be loaded: inside the compiler. The runtime uses it for the same three files.</summary>
/// <remarks>Strict: no comments, no trailing commas, no duplicate keys, at most 32 levels. Values are null, bool, double, string, list or dictionary.</remarks>
internal sealed class JsonText
{
    private const int MaxDepth = 32;
    private readonly string _text;
    private int _position;

    private JsonText(string text) => _text = text;

    /// <summary>Parses a whole document.</summary>
    /// <exception cref="FormatException">The text is not JSON; the message says where.</exception>
    public static object? Parse(string text)
    {
        var reader = new JsonText(text.Length > 0 && text[0] == '\uFEFF' ? text.Substring(1) : text);
        object? value = reader.Value(0);
        reader.SkipSpace();
        return reader._position == reader._text.Length ? value : throw reader.Error("the end of the text");
    }

    /// <summary>Names a parsed value in a message.</summary>
    public static string Describe(object? value) => value switch
    {
        null => "null",
        bool truth => truth ? "true" : "false",
        List<object?> => "a list",
        Dictionary<string, object?> => "an object",
        _ => "'" + Convert.ToString(value, CultureInfo.InvariantCulture) + "'",
    };

    /// <summary>Writes a text with its quotes.</summary>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (char c in text)
        {
            if (c is '"' or '\\')
            {
                quoted.Append('\\').Append(c);
            }
            else if (c < ' ')
            {
                quoted.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
            }
            else
            {
                quoted.Append(c);
            }
        }

        return quoted.Append('"').ToString();
    }

    /// <summary>Compares two parsed values; the order of an object's members does not count.</summary>
    public static bool AreEqual(object? x, object? y) => (x, y) switch
    {
        (Dictionary<string, object?> a, Dictionary<string, object?> b) =>
            a.Count == b.Count && a.All(member => b.TryGetValue(member.Key, out object? other) && AreEqual(member.Value, other)),
        (List<object?> a, List<object?> b) => a.Count == b.Count && a.Zip(b, AreEqual).All(equal => equal),
        _ => Equals(x, y),
    };

    private object? Value(int depth)
    {
        SkipSpace();
        if (depth > MaxDepth)
        {
            throw Error($"at most {MaxDepth} levels of nesting");
        }

        switch (Peek())
        {
            case '{': return Object(depth);
            case '[': return Array(depth);
            case '"': return String();
            case 't': return Word("true", true);
            case 'f': return Word("false", false);
            case 'n': return Word("null", null);
            default: return Number();
        }
    }

    private Dictionary<string, object?> Object(int depth)
    {
        var members = new Dictionary<string, object?>(StringComparer.Ordinal);
        _position++;
        SkipSpace();
        if (Take('}'))
        {
            return members;
        }

        do
        {
            SkipSpace();
            if (Peek() != '"')
            {
                throw Error("a key in double quotes");
            }

            string key = String();
            SkipSpace();
            Expect(':');
            if (members.ContainsKey(key))
            {
                throw Error($"each key once, and '{key}' comes again");
            }

            members.Add(key, Value(depth + 1));
            SkipSpace();
        }
        while (Take(','));
        Expect('}');
        return members;
    }

    private List<object?> Array(int depth)
    {
        var items = new List<object?>();
        _position++;
        SkipSpace();
        if (Take(']'))
        {
            return items;
        }

        do
        {
            items.Add(Value(depth + 1));
            SkipSpace();
        }
        while (Take(','));
        Expect(']');
        return items;
    }

    private string String()
    {
        _position++;
        int end = _position;
        while (end < _text.Length && _text[end] is >= ' ' and not ('"' or '\\'))
        {
            end++;
        }

        // Almost every string ends at its first quote; only escapes need a buffer.
        string plain = _text.Substring(_position, end - _position);
        _position = end;
        if (Take('"'))
        {
            return plain;
        }

        var text = new StringBuilder(plain);
        while (true)
        {
            char c = Peek();
            if (c < ' ')
            {
                throw Error("a closing double quote");
            }

            _position++;
            if (c == '"')
            {
                return text.ToString();
            }

            text.Append(c == '\\' ? Escape() : c);
        }
    }

    private char Escape()
    {
        char c = Peek();
        _position++;
        switch (c)
        {
            case 'n': return '\n';
            case 't': return '\t';
            case 'r': return '\r';
            case 'b': return '\b';
            case 'f': return '\f';
            case '"' or '\\' or '/': return c;
            case 'u' when _position + 4 <= _text.Length
                && ushort.TryParse(_text.Substring(_position, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort code):
                _position += 4;
                return (char)code;
            default:
                _position--;
                throw Error("an escape sequence");
        }
    }

    private object Number()
    {
        int start = _position;
        while (_position < _text.Length && "+-.eE0123456789".IndexOf(_text[_position]) >= 0)
        {
            _position++;
        }

        string digits = _text.Substring(start, _position - start);
        if (!IsNumber(digits)
            || !double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            || double.IsInfinity(number))
        {
            _position = start;
            throw Error("a value");
        }

        return number;
    }

    // What double.Parse takes beyond JSON: a plus, leading zeros, and points without digits on both sides.
    private static bool IsNumber(string text)
    {
        int start = text.Length > 0 && text[0] == '-' ? 1 : 0;
        int point = text.IndexOf('.');
        return start < text.Length && IsDigit(text, start)
            && (text[start] != '0' || !IsDigit(text, start + 1))
            && (point < 0 || IsDigit(text, point + 1));
    }

    private static bool IsDigit(string text, int at) => at < text.Length && text[at] is >= '0' and <= '9';

    private object? Word(string word, object? value)
    {
        if (string.CompareOrdinal(_text, _position, word, 0, word.Length) != 0)
        {
            throw Error("a value");
        }

        _position += word.Length;
        return value;
    }

    private void SkipSpace()
    {
        while (_position < _text.Length && " \t\r\n".IndexOf(_text[_position]) >= 0)
        {
            _position++;
        }
    }

    private char Peek() => _position < _text.Length ? _text[_position] : '\0';

    private bool Take(char c)
    {
        if (Peek() != c)
        {
            return false;
        }

        _position++;
        return true;
    }

    private void Expect(char c)
    {
        if (!Take(c))
        {
            throw Error($"'{c}'");
        }
    }

    private FormatException Error(string expected)
    {
        int line = 1;
        int column = 1;
        for (int i = 0; i < _position && i < _text.Length; i++)
        {
            column = _text[i] == '\n' ? 1 : column + 1;
            line += _text[i] == '\n' ? 1 : 0;
        }

        string found = _position < _text.Length ? $"'{_text[_position]}'" : "the end of the text";
        return new FormatException($"line {line}, column {column}: expected {expected}, found {found}");
    }
}
