namespace QuantGen.Quantization;

/// <summary>Learned step size quantization in the form of KDLSQ-BERT: a clipping threshold alpha instead of a step, which is alpha / levels.</summary>
/// <remarks>
/// Values are <c>round(clip(v / alpha, -1, 1) * n) / n * alpha</c> with n levels on either side (Esser et al., LSQ, 2020; Jin et al., KDLSQ-BERT, 2021):
/// what <see cref="LinearQuantizer"/> makes of <see cref="Parameters"/> with symmetric codes.
/// </remarks>
internal static class LsqQuantizer
{
    /// <summary>The smallest threshold; one that learning drove below counts as this.</summary>
    public const float SmallestAlpha = QuantizationParameters.SmallestScale;

    /// <summary>Returns the number of levels above zero.</summary>
    /// <param name="bits">Bits of a code.</param>
    /// <param name="isSigned">Whether half of the levels are below zero.</param>
    public static int Levels(int bits, bool isSigned = true) => isSigned ? (1 << (bits - 1)) - 1 : (1 << bits) - 1;

    /// <summary>Returns the step of a threshold.</summary>
    /// <param name="alpha">The threshold.</param>
    /// <param name="levels">Levels above zero.</param>
    public static float Scale(float alpha, int levels) => MathF.Max(MathF.Max(alpha, SmallestAlpha) / levels, QuantizationParameters.SmallestScale);

    /// <summary>Returns scale and zero point of symmetric codes.</summary>
    /// <param name="alpha">The threshold.</param>
    /// <param name="bits">Bits of a code, 2 to 8.</param>
    public static QuantizationParameters Parameters(float alpha, int bits) => QuantizationParameters.Symmetric(MathF.Max(alpha, SmallestAlpha), bits);

    /// <summary>
    /// Returns the derivative of the quantized value with respect to alpha: the sign outside the range, the rounding error inside, in units of alpha.
    /// </summary>
    /// <param name="value">The value before quantization.</param>
    /// <param name="centered">Its code less the zero point.</param>
    /// <param name="alpha">The threshold.</param>
    /// <param name="levels">Levels above zero.</param>
    /// <param name="isSigned">Whether half of the levels are below zero; otherwise everything below zero is zero, whatever alpha is.</param>
    public static float AlphaSlope(float value, float centered, float alpha, int levels, bool isSigned = true)
    {
        float u = value / MathF.Max(alpha, SmallestAlpha);
        if (u > 1f)
        {
            return 1f;
        }

        return u >= (isSigned ? -1f : 0f) ? (centered * (1f / levels)) - u : isSigned ? -1f : 0f;
    }

    /// <summary>Returns LSQ's own first threshold, that of the step 2 mean|v| / sqrt(levels).</summary>
    /// <param name="values">The tensor.</param>
    /// <param name="levels">Levels above zero.</param>
    public static float MeanMagnitudeAlpha(ReadOnlySpan<float> values, int levels)
    {
        double sum = 0;
        foreach (float value in values)
        {
            sum += Math.Abs(value);
        }

        return values.IsEmpty ? 0f : (float)(2 * sum / values.Length * Math.Sqrt(levels));
    }
}
