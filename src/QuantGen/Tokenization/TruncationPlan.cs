namespace QuantGen.Tokenization;

/// <summary>Works out how many tokens each text keeps. The rules are those of the Hugging Face <c>tokenizers</c> library.</summary>
internal static class TruncationPlan
{
    /// <summary>Returns how many tokens of each text fit.</summary>
    /// <param name="first">Tokens of the first text.</param>
    /// <param name="second">Tokens of the second text, or -1 without one.</param>
    /// <param name="room">Tokens allowed, special ones not counted.</param>
    /// <param name="truncation">Which text is cut.</param>
    /// <exception cref="ArgumentException">The text to cut is missing or too short to make room.</exception>
    public static (int First, int Second) Plan(int first, int second, int room, Truncation truncation)
    {
        int excess = first + Math.Max(second, 0) - room;
        if (excess <= 0 || truncation == Truncation.None)
        {
            return (first, second);
        }

        switch (truncation)
        {
            case Truncation.LongestFirst:
                return LongestFirst(first, second, room);
            case Truncation.OnlyFirst:
                return (Cut(first, excess, "first"), second);
            case Truncation.OnlySecond when second < 0:
                throw new ArgumentException("Only the second text may be truncated, but there is no second text.", nameof(truncation));
            case Truncation.OnlySecond:
                return (first, Cut(second, excess, "second"));
            default:
                throw new ArgumentOutOfRangeException(nameof(truncation), truncation, "This is not a truncation.");
        }
    }

    /// <summary>Returns how many tokens of each text fit when the longer one is cut first.</summary>
    public static (int First, int Second) LongestFirst(int first, int second, int room)
    {
        if (first + Math.Max(second, 0) <= room)
        {
            return (first, second);
        }

        if (second < 0)
        {
            return (room, second);
        }

        int shorter = Math.Min(first, second);
        int longer = shorter > room ? shorter : Math.Max(shorter, room - shorter);
        if (shorter + longer > room)
        {
            // Both are cut to half; of an odd count the longer text keeps one more, the second one when they are equal.
            shorter = room / 2;
            longer = shorter + (room % 2);
        }

        return first > second ? (longer, shorter) : (shorter, longer);
    }

    private static int Cut(int length, int excess, string which)
    {
        if (length <= excess)
        {
            throw new ArgumentException(
                $"The {which} text has {length} tokens, and {excess} would have to go: cutting it alone cannot make the encoding short enough.");
        }

        return length - excess;
    }
}
