namespace QuantGen.Quantization;

/// <summary>Searches the range with the smallest squared error after rounding.</summary>
/// <remarks>
/// Both searches shrink the full range by 5% steps down to the mean magnitude, below which clipping can only lose, and then look
/// around the best step with steps of 1% and 0.2%. The error has many small dips, so a descent from one side would stop early.
/// </remarks>
internal static class MseSearch
{
    private const float CoarseStep = 0.95f;

    private static ReadOnlySpan<float> FineSteps => [0.01f, 0.002f];

    /// <summary>Returns the magnitude that the largest symmetric code should stand for.</summary>
    /// <param name="points">The values, or their magnitudes.</param>
    /// <param name="magnitude">Largest magnitude among them.</param>
    /// <param name="bits">Width of a code, 2 to 8.</param>
    public static float Symmetric(WeightedPoints points, float magnitude, int bits)
    {
        CodeRange codes = CodeRange.For(Mapping.Symmetric, bits);
        var best = new Candidate(magnitude, Error(magnitude));
        float smallest = points.MeanMagnitude();
        for (float tried = magnitude * CoarseStep; tried > smallest; tried *= CoarseStep)
        {
            best = best.Better(tried, Error(tried));
        }

        foreach (float step in FineSteps)
        {
            float centre = best.Value;
            for (int k = -4; k <= 4; k++)
            {
                float tried = MathF.Min(centre * (1 + (k * step)), magnitude);
                best = best.Better(tried, Error(tried));
            }
        }

        return best.Value;

        double Error(float tried) => points.SquaredError(QuantizationParameters.Symmetric(tried, bits), codes);
    }

    /// <summary>Returns the range that asymmetric codes should span: both ends shrunk together first, then each on its own.</summary>
    /// <param name="points">The values.</param>
    /// <param name="full">Their smallest and largest, with 0.</param>
    /// <param name="bits">Width of a code, 2 to 8.</param>
    public static QuantizationRange Asymmetric(WeightedPoints points, QuantizationRange full, int bits)
    {
        if (full == default)
        {
            return full;
        }

        CodeRange codes = CodeRange.For(Mapping.Asymmetric, bits);
        var best = new Candidate(1f, Error(full.Low, full.High));
        float smallest = points.MeanMagnitude() / MathF.Max(-full.Low, full.High);
        for (float tried = CoarseStep; tried > smallest; tried *= CoarseStep)
        {
            best = best.Better(tried, Error(full.Low * tried, full.High * tried));
        }

        var low = new Candidate(full.Low * best.Value, best.Error);
        var high = new Candidate(full.High * best.Value, best.Error);
        foreach (float step in (ReadOnlySpan<float>)[0.05f, .. FineSteps])
        {
            float centre = low.Value;
            low = new Candidate(low.Value, high.Error);
            for (int k = -4; k <= 4; k++)
            {
                float tried = MathF.Max(centre * (1 + (k * step)), full.Low);
                low = low.Better(tried, Error(tried, high.Value));
            }

            centre = high.Value;
            high = new Candidate(high.Value, low.Error);
            for (int k = -4; k <= 4; k++)
            {
                float tried = MathF.Min(centre * (1 + (k * step)), full.High);
                high = high.Better(tried, Error(low.Value, tried));
            }
        }

        return new QuantizationRange(low.Value, high.Value);

        double Error(float lowEnd, float highEnd) => points.SquaredError(QuantizationParameters.Asymmetric(lowEnd, highEnd, bits), codes);
    }

    /// <summary>A value tried and the error it makes; the first of equals is kept, so the widest range wins a tie.</summary>
    private readonly record struct Candidate(float Value, double Error)
    {
        public Candidate Better(float value, double error) => error < Error ? new Candidate(value, error) : this;
    }
}
