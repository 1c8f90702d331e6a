namespace QuantGen.Quantization;

/// <summary>What turns a stored code into a real value: <c>real = (code - zeroPoint) * scale + center</c>.</summary>
/// <param name="Scale">Factor from code to real value; at least <see cref="SmallestScale"/>.</param>
/// <param name="ZeroPoint">The stored code that stands for real 0; 2^(bits-1) when symmetric.</param>
public readonly record struct QuantizationParameters(float Scale, int ZeroPoint)
{
    /// <summary>Gets the real value of the zero point's code: 0, but for codes of <see cref="Offset"/>.</summary>
    public float Center { get; init; }

    /// <summary>The floor of every scale: an all-zero run of values still has a scale that can be divided by.</summary>
    public const float SmallestScale = 1e-8f;

    /// <summary>Returns the symmetric parameters that give the largest magnitude the largest code.</summary>
    /// <param name="magnitude">Largest magnitude to represent; 0 or more and finite.</param>
    /// <param name="bits">Width of a code, 2 to 8.</param>
    /// <remarks><c>scale = magnitude / (2^(bits-1) - 1)</c>, Q8BERT (Zafrir et al. 2019) with the scale inverted.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The magnitude is negative, NaN or infinite, or the width is not 2 to 8.</exception>
    public static QuantizationParameters Symmetric(float magnitude, int bits)
    {
        CheckBits(bits);
        if (!(magnitude >= 0) || float.IsInfinity(magnitude))
        {
            throw new ArgumentOutOfRangeException(nameof(magnitude), magnitude, "A magnitude is finite and not negative.");
        }

        int largest = (1 << (bits - 1)) - 1;
        return new QuantizationParameters(MathF.Max(magnitude / largest, SmallestScale), 1 << (bits - 1));
    }

    /// <summary>Returns the asymmetric parameters of a range, which is first extended to include 0.</summary>
    /// <param name="low">Lowest value to represent; finite.</param>
    /// <param name="high">Highest value to represent; finite and not below <paramref name="low"/>.</param>
    /// <param name="bits">Width of a code, 2 to 8.</param>
    /// <remarks><c>scale = (high - low) / (2^bits - 1)</c>, <c>zeroPoint = round(-low / scale)</c>, half to even, clamped to the codes.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">An end is NaN or infinite, the ends are swapped, or the width is not 2 to 8.</exception>
    public static QuantizationParameters Asymmetric(float low, float high, int bits)
    {
        CheckBits(bits);
        if (!float.IsFinite(low) || !float.IsFinite(high) || low > high)
        {
            throw new ArgumentOutOfRangeException(nameof(low), $"A range has finite ends in order; {low} to {high} is not one.");
        }

        low = MathF.Min(low, 0f);
        high = MathF.Max(high, 0f);
        int largest = (1 << bits) - 1;
        float scale = (high - low) / largest;
        if (float.IsInfinity(scale))
        {
            // The difference of two finite values may overflow; their shares cannot.
            scale = (high / largest) - (low / largest);
        }

        scale = MathF.Max(scale, SmallestScale);
        float zeroPoint = MathF.Min(MathF.Round(-low / scale), largest);
        return new QuantizationParameters(scale, (int)zeroPoint);
    }

    /// <summary>Returns the parameters of a range as it is: nothing makes 0 one of the values.</summary>
    /// <param name="low">Lowest value to represent; finite.</param>
    /// <param name="high">Highest value to represent; finite and not below <paramref name="low"/>.</param>
    /// <param name="bits">Width of a code, 2 to 8.</param>
    /// <remarks>
    /// FullyQT (Prato et al. 2020), equations 5.7 and 5.8 of the book: <c>scale = (high - low) / (2^bits - 1)</c>, code 0 stands for <paramref name="low"/> and
    /// the last one for <paramref name="high"/>; a range of one value has code 0 for it. Codes are counted from the middle one, 2^(bits-1), as kernels count
    /// them, so that the number kept is the middle's: low + 2^(bits-1) * scale. Where <paramref name="low"/> is 0, code 0 is exactly 0.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">An end is NaN or infinite, the ends are swapped, or the width is not 2 to 8.</exception>
    public static QuantizationParameters Offset(float low, float high, int bits)
    {
        CheckBits(bits);
        if (!float.IsFinite(low) || !float.IsFinite(high) || low > high)
        {
            throw new ArgumentOutOfRangeException(nameof(low), $"A range has finite ends in order; {low} to {high} is not one.");
        }

        int middle = 1 << (bits - 1);
        double scale = Math.Max(((double)high - low) / ((1 << bits) - 1), SmallestScale);
        return new QuantizationParameters((float)scale, middle) { Center = (float)(low + (middle * (double)(float)scale)) };
    }

    private static void CheckBits(int bits)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bits, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, 8);
    }
}
