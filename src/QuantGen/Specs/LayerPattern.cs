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
        if (string.IsNullOrWhiteSpace(pattern) || pattern.Length > MaxLength)
        {
            return null;
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

        // A packed file names hundreds of matrices, all of them plainly.
        return pattern.IndexOf('*') < 0 && pattern.IndexOf('-') < 0
            ? name => name == pattern
            : name => IsMatch(symbols, name);
    }

    private static bool AddPart(List<Symbol> symbols, string part)
    {
        string[] ends = part.Split('-');
        if (ends.Length == 2 && IsNumber(ends[0], out int first) && IsNumber(ends[1], out int last))
        {
            symbols.Add(Symbol.Of(first, last));
            return first <= last;
        }

        symbols.AddRange(part.Select(c => Symbol.Of(c)));
        return part.Length > 0 && part.All(c => c is '*' or '_' || (c < 128 && char.IsLetterOrDigit(c)));
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
