using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace QuantGen.Specs;

/// <summary>Matches matrix names: <c>*</c> is any text, a part <c>0-3</c> is a number in that range.</summary>
internal static class LayerPattern
{
    private const int MaxRange = 1024;

    /// <summary>Makes the test for a pattern; null when it is malformed.</summary>
    public static Predicate<string>? Compile(string pattern)
    {
        if (string.IsNullOrWhiteSpace(pattern) || pattern.Length > 256)
        {
            return null;
        }

        var expression = new StringBuilder("^");
        string[] parts = pattern.Split('.');
        for (int i = 0; i < parts.Length; i++)
        {
            string? part = Part(parts[i]);
            if (part is null)
            {
                return null;
            }

            expression.Append(i == 0 ? string.Empty : "\\.").Append(part);
        }

        // A packed file names hundreds of matrices, all of them plainly: an expression for each would cost more than the rest of its description.
        if (pattern.IndexOf('*') < 0 && pattern.IndexOf('-') < 0)
        {
            return name => name == pattern;
        }

        return new Regex(expression.Append('$').ToString(), RegexOptions.CultureInvariant).IsMatch;
    }

    private static string? Part(string part)
    {
        string[] ends = part.Split('-');
        if (ends.Length == 2 && ends.All(e => e.Length > 0 && e.All(c => c is >= '0' and <= '9')))
        {
            bool numbers = int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out int first)
                & int.TryParse(ends[1], NumberStyles.None, CultureInfo.InvariantCulture, out int last);
            return numbers && first <= last && last - first < MaxRange
                ? "(" + string.Join("|", Enumerable.Range(first, last - first + 1).Select(n => n.ToString(CultureInfo.InvariantCulture))) + ")"
                : null;
        }

        bool legal = part.Length > 0 && part.All(c => c is '*' or '_' || (c < 128 && char.IsLetterOrDigit(c)));
        // Adjacent stars mean the same as one, and the expression would try every way to share the text among them.
        return legal ? Regex.Replace(Regex.Escape(part), @"(\\\*)+", ".*", RegexOptions.CultureInvariant) : null;
    }
}
