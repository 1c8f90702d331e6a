namespace QuantGen.Quantization;

/// <summary>A ratio as an integer over a power of two, so that scales meet without a division: <c>Multiplier / 2^Shift</c>.</summary>
/// <remarks>Jacob et al., 2018, as I-BERT uses it (algorithms.md 9.6). Half is added before the shift, so that exact halves go up.</remarks>
/// <param name="Multiplier">The numerator; its sign is the ratio's.</param>
/// <param name="Shift">The power of two, 0 to 62.</param>
public readonly record struct Dyadic(int Multiplier, int Shift)
{
    /// <summary>The largest shift that leaves the right low 32 bits of a 64-bit product when zeros are shifted in from above.</summary>
    public const int MostShift = 32;

    private const int MantissaBits = 31;

    /// <summary>Gives a ratio all 31 bits of a multiplier; 0 where it is so small that no product of 32 bits reaches 1/2.</summary>
    /// <param name="ratio">The ratio; finite and below 2^30 in magnitude.</param>
    public static Dyadic Of(double ratio)
    {
        if (ratio == 0)
        {
            return default;
        }

        int exponent = Exponent(ratio);
        double mantissa = Math.Floor(Math.ScaleB(Math.Abs(ratio), MantissaBits - exponent) + 0.5);
        if (mantissa >= int.MaxValue + 1.0)
        {
            // Rounded up to the next power of two.
            mantissa /= 2;
            exponent++;
        }

        int shift = MantissaBits - exponent;
        return shift > 62 ? default : new Dyadic((int)(ratio < 0 ? -mantissa : mantissa), shift);
    }

    /// <summary>Finds the shift, at most <see cref="MostShift"/>, with which multipliers of several ratios have 31 bits at most.</summary>
    /// <param name="most">The largest magnitude among the ratios.</param>
    /// <returns>The shift; below 1 where the magnitude is 2^30 or more.</returns>
    public static int SharedShift(double most) => most == 0 ? MostShift : Math.Min(MostShift, MantissaBits - 1 - Exponent(most));

    /// <summary>Gives a ratio the multiplier that belongs to a shift.</summary>
    /// <param name="ratio">The ratio, of which 2^shift times is below 2^31.</param>
    /// <param name="shift">The shift.</param>
    public static int Multiply(double ratio, int shift) =>
        (int)Math.Clamp(Math.Floor(Math.ScaleB(ratio, shift) + 0.5), -int.MaxValue, int.MaxValue);

    /// <summary>Multiplies and rounds, halves up.</summary>
    /// <param name="value">A factor; its product with the multiplier has at most 62 bits.</param>
    public long Apply(long value) => Shift == 0 ? value * Multiplier : ((value * Multiplier) + (1L << (Shift - 1))) >> Shift;

    // As frexp's: the magnitude is in [2^(e - 1), 2^e).
    private static int Exponent(double value) => Math.ILogB(value) + 1;
}
