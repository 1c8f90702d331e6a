using System.Globalization;

namespace QuantGen.Training.Data;

/// <summary>What the labels of tables are: numbers, words, or any number of words.</summary>
internal static class LabelText
{
    private static readonly string[] s_noWords = ["nan", "inf", "infinity"];

    /// <summary>Says whether a label is a word, which starts with a letter.</summary>
    public static bool IsWord(string text) =>
        text.Length > 0 && (char.IsLetter(text[0]) || text[0] == '_') && !s_noWords.Contains(text, StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads a finite number.</summary>
    public static bool TryParse(string text, out double value)
    {
        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return double.TryParse(text, Style, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
    }

    /// <summary>Splits the labels of a row.</summary>
    public static string[] Split(string text) => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Names the labels whose columns have a 1.</summary>
    /// <exception cref="DataFormatException">A column has neither 0 nor 1.</exception>
    public static string[] Held(IEnumerable<(string Name, string Value)> columns, string file, int line) =>
    [
        .. columns.Where(column => column.Value switch
        {
            "1" => true,
            "0" => false,
            _ => throw new DataFormatException(file, line, $"0 or 1 as '{column.Name}'", FoundText.Quote(column.Value)),
        }).Select(column => column.Name),
    ];
}
