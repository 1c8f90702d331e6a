using System.Globalization;

namespace QuantGen;

/// <summary>Reports a text or a sequence of token ids that is longer than the model was generated for.</summary>
public sealed class SequenceTooLongException : ArgumentException
{
    /// <summary>Creates the exception from the two lengths.</summary>
    /// <param name="index">Which sequence of the call, from 0.</param>
    /// <param name="length">Its length in tokens.</param>
    /// <param name="maxLength">The longest length the model takes.</param>
    public SequenceTooLongException(int index, int length, int maxLength)
        : base(Describe(index, length, maxLength))
    {
        Index = index;
        Length = length;
        MaxLength = maxLength;
    }

    /// <summary>Gets which sequence of the call it was, from 0.</summary>
    public int Index { get; }

    /// <summary>Gets the sequence's length in tokens, special ones included.</summary>
    public int Length { get; }

    /// <summary>Gets the longest length the model takes.</summary>
    public int MaxLength { get; }

    private static string Describe(int index, int length, int maxLength) => string.Create(
        CultureInfo.InvariantCulture,
        $"sequence {index} has {length} tokens, and this model takes at most {maxLength}; set CallOptions.MaxLength to truncate texts, " +
            $"or raise MaxSequenceLength of the model");
}
