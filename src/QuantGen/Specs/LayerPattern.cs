using System.Globalization;

namespace QuantGen.Specs;

/// <summary>Matches matrix names: <c>*</c> is any text, a part <c>0-3</c> is a number in that range.</summary>
/// <remarks>
/// All places of the name that the pattern's beginning can reach are followed at once, so that no pattern, however many
/// stars it has, takes longer than its length times the name's: this runs inside the compiler, on whatever a user typed.
/// </remarks>
internal static class LayerPattern
{
    private const int MaxLength = 256;

    /// <summary>Makes the test for a pattern; null when it is malformed.</summary>
    public static Predicate<string>? Compile(string pattern)
    {
        if (pattern == "*")
        {
            return _ => true;
        }

        if (string.IsNullOrWhiteSpace(pattern) || pattern.Length > MaxLength)
        {
            return null;
        }

        // A packed file can list hundreds of names and ranges for hundreds of matrices.
        if (pattern.IndexOf('*') < 0 && pattern.IndexOf('-') is int dash && dash == pattern.LastIndexOf('-'))
        {
            return dash < 0 ? CompileName(pattern) : CompileRange(pattern, dash);
        }

        var symbols = new List<Symbol>();
        foreach (string part in pattern.Split('.'))
        {
            if (symbols.Count > 0)
            {
                symbols.Add(Symbol.Of('.'));
            }

            if (!AddPart(symbols, part))
            {
                return null;
            }
        }

        return name => IsMatch(symbols, name);
    }

    private static Predicate<string>? CompileName(string pattern) => IsPlain(pattern) ? name => name == pattern : null;

    private static Predicate<string>? CompileRange(string pattern, int dash)
    {
        int start = pattern.LastIndexOf('.', dash) + 1;
        int end = pattern.IndexOf('.', dash) is int dot and >= 0 ? dot : pattern.Length;
        string before = pattern.Substring(0, start);
        string after = pattern.Substring(end);
        return IsNumber(pattern.Substring(start, dash - start), out int first)
            && IsNumber(pattern.Substring(dash + 1, end - dash - 1), out int last)
            && first <= last
            && IsPlain(pattern)
            ? name => IsBetween(name, before, first, last, after)
            : null;
    }

    private static bool IsBetween(string name, string before, int first, int last, string after)
    {
        int end = name.Length - after.Length;
        if (end <= before.Length || !name.StartsWith(before, StringComparison.Ordinal) || !name.EndsWith(after, StringComparison.Ordinal))
        {
            return false;
        }

        long number = 0;
        for (int i = before.Length; i < end && number <= last; i++)
        {
            if (name[i] is < '0' or > '9')
            {
                return false;
            }

            number = (number * 10) + (name[i] - '0');
        }

        return number >= first && number <= last;
    }

    // The dash of a range was seen to stand between numbers.
    private static bool IsPlain(string pattern)
    {
        char previous = '.';
        foreach (char c in pattern)
        {
            if (c == '.' ? previous == '.' : c != '-' && !IsNameCharacter(c))
            {
                return false;
            }

            previous = c;
        }

        return previous != '.';
    }

    private static bool IsNameCharacter(char c) => c == '_' || (c < 128 && char.IsLetterOrDigit(c));

    private static bool AddPart(List<Symbol> symbols, string part)
    {
        string[] ends = part.Split('-');
        if (ends.Length == 2 && IsNumber(ends[0], out int first) && IsNumber(ends[1], out int last))
        {
            symbols.Add(Symbol.Of(first, last));
            return first <= last;
        }

        symbols.AddRange(part.Select(c => Symbol.Of(c)));
        return part.Length > 0 && part.All(c => c == '*' || IsNameCharacter(c));
    }

    private static bool IsMatch(List<Symbol> symbols, string name)
    {
        // reached[i]: the symbols so far match the first i characters.
        bool[] reached = new bool[name.Length + 1];
        reached[0] = true;
        foreach (Symbol symbol in symbols)
        {
            bool[] next = new bool[reached.Length];
            for (int i = 0; i < reached.Length; i++)
            {
                if (symbol.IsStar)
                {
                    next[i] = reached[i] || (i > 0 && next[i - 1]);
                }
                else if (reached[i] && symbol.LengthAt(name, i) is int length and > 0)
                {
                    next[i + length] = true;
                }
            }

            reached = next;
        }

        return reached[name.Length];
    }

    private static bool IsNumber(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    /// <summary>A character, a star or a range of numbers.</summary>
    private readonly struct Symbol(char character, int first, int last)
    {
        private const char Range = '-';

        public bool IsStar => character == '*';

        public static Symbol Of(char character) => new(character, 0, 0);

        public static Symbol Of(int first, int last) => new(Range, first, last);

        /// <summary>Counts the characters it matches at a place; 0 when it does not match.</summary>
        public int LengthAt(string name, int at)
        {
            if (character != Range)
            {
                return at < name.Length && name[at] == character ? 1 : 0;
            }

            // The next symbol is a dot or the end, so a number is all the digits there are.
            int end = at;
            while (end < name.Length && name[end] is >= '0' and <= '9')
            {
                end++;
            }

            return IsNumber(name.Substring(at, end - at), out int number) && number >= first && number <= last ? end - at : 0;
        }
    }
}
