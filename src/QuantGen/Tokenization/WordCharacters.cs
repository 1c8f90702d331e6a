using System.Globalization;
using System.Text;

namespace QuantGen.Tokenization;

/// <summary>Which characters continue a word where an added token wants to be one by itself: those of <c>\w</c> in the reference library.</summary>
internal static class WordCharacters
{
    /// <summary>Returns whether the text before a place ends with one.</summary>
    public static bool EndAt(ReadOnlySpan<char> text, int place)
    {
        Rune.DecodeLastFromUtf16(text[..place], out Rune rune, out _);
        return place > 0 && Is(rune);
    }

    /// <summary>Returns whether the text from a place on starts with one.</summary>
    public static bool StartAt(ReadOnlySpan<char> text, int place)
    {
        Rune.DecodeFromUtf16(text[place..], out Rune rune, out _);
        return place < text.Length && Is(rune);
    }

    // The runtime's own table, which is not ICU's.
    private static bool Is(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter
            or UnicodeCategory.OtherLetter or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark
            or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.ConnectorPunctuation => true,

        // Letters in circles and squares are alphabetic, and the two joiners belong to the words they join.
        UnicodeCategory.OtherSymbol => rune.Value is (>= 0x24B6 and <= 0x24E9) or (>= 0x1F130 and <= 0x1F149) or (>= 0x1F150 and <= 0x1F169)
            or (>= 0x1F170 and <= 0x1F189),
        UnicodeCategory.Format => rune.Value is 0x200C or 0x200D,
        _ => false,
    };
}
