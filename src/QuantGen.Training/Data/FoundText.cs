using System.Text;

namespace QuantGen.Training.Data;

/// <summary>Quotes what a file holds so that a message stays one short, printable line.</summary>
internal static class FoundText
{
    private const int Longest = 40;

    public static string Quote(string text, int longest = Longest)
    {
        var quoted = new StringBuilder("'");
        foreach (char c in text.AsSpan(0, Math.Min(text.Length, longest)))
        {
            if (char.IsControl(c) || char.IsSurrogate(c))
            {
                quoted.Append($"\\u{(int)c:x4}");
            }
            else
            {
                quoted.Append(c);
            }
        }

        return quoted.Append(text.Length > longest ? "…'" : "'").ToString();
    }
}
