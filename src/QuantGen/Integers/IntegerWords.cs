using QuantGen.Packed;
using QuantGen.Quantization;
using QuantGen.Specs;

namespace QuantGen.Integers;

/// <summary>
/// How codes of the word embedding become numbers of <see cref="FixedPoint.EmbeddingBits"/>: <c>(code * Multipliers[word] + half) >> Shift</c>.
/// </summary>
/// <remarks>Codes are centered, ±128 at most, and multipliers below 2^23, so that products fit 32 bits.</remarks>
/// <param name="Multipliers">One a word.</param>
/// <param name="Shift">1 to 22.</param>
internal sealed record IntegerWords(int[] Multipliers, int Shift)
{
    private const int MultiplierBits = 23;

    /// <summary>Folds the constants.</summary>
    /// <param name="model">The packed file, whose word embedding has 2 to 8 bits.</param>
    /// <exception cref="ModelFormatException">A word's values could reach 2^30.</exception>
    public static IntegerWords Of(PackedModel model)
    {
        ReadOnlySpan<float> scales = model.Floats(PackedLayout.WordEmbedding + PackedNames.Scales);
        float largest = 0;
        foreach (float scale in scales)
        {
            largest = Math.Max(largest, scale);
        }

        int shift = Math.Min(MultiplierBits - 1, Dyadic.SharedShift(Math.ScaleB(largest, FixedPoint.EmbeddingBits)) - (31 - MultiplierBits));
        if (shift < 1)
        {
            throw new ModelFormatException(
                model.Name, PackedLayout.WordEmbedding, "scales below 8 of the word embedding", FormattableString.Invariant($"{largest:G3}"));
        }

        int[] multipliers = new int[scales.Length];
        for (int i = 0; i < multipliers.Length; i++)
        {
            multipliers[i] = Dyadic.Multiply(Math.ScaleB(scales[i], FixedPoint.EmbeddingBits), shift);
        }

        return new IntegerWords(multipliers, shift);
    }

    /// <summary>Gets one value.</summary>
    /// <param name="code">The centered code.</param>
    /// <param name="multiplier">The word's multiplier.</param>
    /// <param name="shift">What belongs to it.</param>
    public static int Value(int code, int multiplier, int shift) => ((code * multiplier) + (1 << (shift - 1))) >> shift;

    /// <summary>Rounds values of an embedding in floats: of positions, types, or of words in 32 bits.</summary>
    /// <param name="values">The values.</param>
    /// <param name="target">Receives as many, of <see cref="FixedPoint.EmbeddingBits"/>, cut to <see cref="FixedPoint.StateLimit"/>.</param>
    public static void Round(ReadOnlySpan<float> values, Span<int> target)
    {
        for (int i = 0; i < values.Length; i++)
        {
            target[i] = FixedPoint.Of(values[i], FixedPoint.EmbeddingBits, FixedPoint.StateLimit);
        }
    }
}
