using System.Globalization;

namespace QuantGen.Tokenization;

/// <summary>Answers the questions about code points that tokenizing asks, from tables of our own.</summary>
/// <remarks>
/// Nothing here depends on ICU, the culture or <c>System.Globalization.Invariant</c>, so ids are the same on every machine.
/// </remarks>
internal static class UnicodeData
{
    /// <summary>The longest canonical decomposition of one code point.</summary>
    public const int MaxDecomposition = 4;

    /// <summary>The code point that stands for text that is not valid Unicode.</summary>
    public const int Replacement = 0xFFFD;

    private const int HangulBase = 0xAC00;
    private const int HangulCount = 11172;
    private const int HangulVowels = 21;
    private const int HangulTails = 28;

    // Where each record of the decomposition table starts; the records differ in length.
    private static readonly ushort[] s_decompositionStarts = IndexDecompositions();

    /// <summary>Returns whether the code point is punctuation to BERT: category P, or any ASCII symbol.</summary>
    public static bool IsPunctuation(int codePoint) => InRanges(UnicodeTables.Punctuation, codePoint);

    /// <summary>Returns whether the code point is of category Mn.</summary>
    public static bool IsNonspacingMark(int codePoint) => InRanges(UnicodeTables.NonspacingMarks, codePoint);

    /// <summary>Returns whether the code point is of category M.</summary>
    public static bool IsMark(int codePoint) => IsNonspacingMark(codePoint)
        || CharUnicodeInfo.GetUnicodeCategory(codePoint) is UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;

    /// <summary>Returns whether cleaning a text removes the code point.</summary>
    public static bool IsRemovedByCleaning(int codePoint) => InRanges(UnicodeTables.Removed, codePoint);

    /// <summary>Returns whether the code point has the property White_Space.</summary>
    public static bool IsWhiteSpace(int codePoint) => codePoint switch
    {
        <= 0x20 => codePoint is 0x20 or (>= 0x09 and <= 0x0D),
        _ => codePoint is 0x85 or 0xA0 or 0x1680 or (>= 0x2000 and <= 0x200A) or 0x2028 or 0x2029 or 0x202F or 0x205F or 0x3000,
    };

    /// <summary>Returns whether BERT puts the code point between spaces as a Chinese character.</summary>
    public static bool IsChinese(int codePoint) => codePoint
        is (>= 0x4E00 and <= 0x9FFF)
        or (>= 0x3400 and <= 0x4DBF)
        or (>= 0x20000 and <= 0x2A6DF)
        or (>= 0x2A700 and <= 0x2B73F)
        or (>= 0x2B740 and <= 0x2B81F)
        // The published BERT code starts this block at 2B920 instead of 2B820; ids must agree with it.
        or (>= 0x2B920 and <= 0x2CEAF)
        or (>= 0xF900 and <= 0xFAFF)
        or (>= 0x2F800 and <= 0x2FA1F);

    /// <summary>Returns the canonical combining class.</summary>
    public static int CombiningClass(int codePoint)
    {
        if (codePoint < 0x300)
        {
            return 0;
        }

        ReadOnlySpan<uint> records = UnicodeTables.CombiningClasses;
        int low = 0;
        int high = (records.Length / 2) - 1;
        while (low <= high)
        {
            int middle = (low + high) >> 1;
            uint head = records[2 * middle];
            if (codePoint < (int)(head & 0xFFFFFF))
            {
                high = middle - 1;
            }
            else if (codePoint > (int)records[(2 * middle) + 1])
            {
                low = middle + 1;
            }
            else
            {
                return (int)(head >> 24);
            }
        }

        return 0;
    }

    /// <summary>Writes the full canonical decomposition and returns its length; a code point without one gives itself.</summary>
    /// <param name="codePoint">The code point.</param>
    /// <param name="destination">At least <see cref="MaxDecomposition"/> elements.</param>
    public static int Decompose(int codePoint, Span<int> destination)
    {
        destination[0] = codePoint;
        if (codePoint < 0xC0)
        {
            return 1;
        }

        int syllable = codePoint - HangulBase;
        if ((uint)syllable < HangulCount)
        {
            destination[0] = 0x1100 + (syllable / (HangulVowels * HangulTails));
            destination[1] = 0x1161 + (syllable / HangulTails % HangulVowels);
            destination[2] = 0x11A7 + (syllable % HangulTails);
            return syllable % HangulTails == 0 ? 2 : 3;
        }

        ReadOnlySpan<uint> table = UnicodeTables.Decompositions;
        int low = 0;
        int high = s_decompositionStarts.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >> 1;
            int start = s_decompositionStarts[middle];
            int key = (int)(table[start] & 0xFFFFFF);
            if (key == codePoint)
            {
                int count = (int)(table[start] >> 24);
                for (int i = 0; i < count; i++)
                {
                    destination[i] = (int)table[start + 1 + i];
                }

                return count;
            }

            (low, high) = codePoint < key ? (low, middle - 1) : (middle + 1, high);
        }

        return 1;
    }

    /// <summary>Returns the lower-case mapping.</summary>
    /// <param name="codePoint">The code point.</param>
    /// <param name="second">The second code point of the mapping of U+0130, otherwise 0.</param>
    public static int ToLower(int codePoint, out int second)
    {
        second = 0;
        if (codePoint < 0x80)
        {
            return codePoint is >= 'A' and <= 'Z' ? codePoint | 0x20 : codePoint;
        }

        if (codePoint == 0x130)
        {
            second = 0x307;
            return 'i';
        }

        ReadOnlySpan<int> records = UnicodeTables.LowerCase;
        int low = 0;
        int high = (records.Length / 4) - 1;
        while (low <= high)
        {
            int middle = (low + high) >> 1;
            ReadOnlySpan<int> record = records.Slice(4 * middle, 4);
            if (codePoint < record[0])
            {
                high = middle - 1;
            }
            else if (codePoint > record[1])
            {
                low = middle + 1;
            }
            else
            {
                return (codePoint - record[0]) % record[2] == 0 ? codePoint + record[3] : codePoint;
            }
        }

        return codePoint;
    }

    private static bool InRanges(ReadOnlySpan<uint> ranges, int codePoint)
    {
        int low = 0;
        int high = (ranges.Length / 2) - 1;
        while (low <= high)
        {
            int middle = (low + high) >> 1;
            if (codePoint < (int)ranges[2 * middle])
            {
                high = middle - 1;
            }
            else if (codePoint > (int)ranges[(2 * middle) + 1])
            {
                low = middle + 1;
            }
            else
            {
                return true;
            }
        }

        return false;
    }

    private static ushort[] IndexDecompositions()
    {
        ReadOnlySpan<uint> table = UnicodeTables.Decompositions;
        int count = 0;
        for (int at = 0; at < table.Length; at += 1 + (int)(table[at] >> 24))
        {
            count++;
        }

        ushort[] starts = new ushort[count];
        int record = 0;
        for (int at = 0; at < table.Length; at += 1 + (int)(table[at] >> 24))
        {
            starts[record++] = (ushort)at;
        }

        return starts;
    }
}
