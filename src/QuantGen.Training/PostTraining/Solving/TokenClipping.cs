using QuantGen.Quantization;

namespace QuantGen.Training.PostTraining.Solving;

/// <summary>Finds ranges that leave the outliers of a few tokens out (Wei et al., Outlier Suppression, NeurIPS 2022).</summary>
internal static class TokenClipping
{
    // Tokens of a batch for which the grid below was made: 32 texts of 128.
    private const int UsualTokens = 32 * 128;
    private const double LongestStep = 0.01;

    /// <summary>Clips to the tokens that are within a quantile.</summary>
    /// <param name="highs">The largest value of every token.</param>
    /// <param name="lows">The smallest value of every token.</param>
    /// <param name="alpha">The share of tokens to keep, by the magnitude of their extremes.</param>
    /// <returns>The largest and smallest values within the quantile, or where no token is within it, of all tokens; not widened to 0.</returns>
    public static (float Low, float High) Clip(ReadOnlySpan<float> highs, ReadOnlySpan<float> lows, double alpha)
    {
        float upper = Quantile(highs, alpha);
        float lower = -Quantile(lows, alpha);
        float high = float.NegativeInfinity;
        float low = float.PositiveInfinity;
        foreach (float value in highs)
        {
            high = value <= upper && value > high ? value : high;
        }

        foreach (float value in lows)
        {
            low = value >= lower && value < low ? value : low;
        }

        return (float.IsFinite(low) ? low : RangeEstimator.FiniteExtremes(lows).Low, float.IsFinite(high) ? high : RangeEstimator.FiniteExtremes(highs).High);
    }

    /// <summary>Gets the distance of the shares that are tried: shorter, where batches are larger than usual.</summary>
    /// <param name="tokens">Tokens of a batch.</param>
    public static double Step(int tokens)
    {
        double step = UsualTokens * LongestStep / tokens;
        if (step >= LongestStep)
        {
            return LongestStep;
        }

        // Two significant digits.
        double unit = Math.Pow(10, Math.Floor(Math.Log10(step)) - 1);
        return Math.Round(step / unit, MidpointRounding.AwayFromZero) * unit;
    }

    /// <summary>Gets how many shares are tried: 1 and those below it.</summary>
    /// <param name="span">How far below 1 shares go.</param>
    /// <param name="step">Their distance.</param>
    public static int Count(double span, double step) => Math.Max(1, (int)Math.Floor((span / step) + 1e-6));

    /// <summary>Gets how far below 1 shares usually go: the fewer bits, the farther.</summary>
    /// <param name="bits">Bits of a code.</param>
    public static double UsualSpan(int bits) => bits switch
    {
        >= 8 => 0.1,
        7 => 0.2,
        6 => 0.3,
        5 => 0.6,
        _ => 0.9,
    };

    private static float Quantile(ReadOnlySpan<float> values, double alpha)
    {
        float[] magnitudes = values.ToArray();
        foreach (ref float value in magnitudes.AsSpan())
        {
            value = MathF.Abs(value);
        }

        return OrderStatistics.Percentile(magnitudes, 100 * alpha);
    }
}
