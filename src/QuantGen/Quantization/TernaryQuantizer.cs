namespace QuantGen.Quantization;

/// <summary>Weights of three values: ternary weight networks (Li and Liu, 2016) and their loss-aware form (Hou and Kwok, 2018).</summary>
internal static class TernaryQuantizer
{
    private const int LossAwareRounds = 10;

    /// <summary>Fits by the rule of ternary weight networks: the threshold is 0.7 mean|w|, the scale is the mean magnitude above it.</summary>
    /// <param name="values">The values that share a scale.</param>
    public static TernaryFit Fit(ReadOnlySpan<float> values)
    {
        (double total, double count) = MagnitudeSums.Above(values, default, -1f);
        float threshold = count == 0 ? 0f : (float)(0.7 * total / count);
        (double sum, double members) = MagnitudeSums.Above(values, default, threshold);
        return new TernaryFit(threshold, members == 0 ? 0f : (float)(sum / members));
    }

    /// <summary>Fits by weighing each squared error by a curvature; scale and codes are improved in turn ten times.</summary>
    /// <param name="values">The values that share a scale.</param>
    /// <param name="curvature">A positive number per value.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static TernaryFit FitLossAware(ReadOnlySpan<float> values, ReadOnlySpan<float> curvature)
    {
        if (curvature.Length != values.Length)
        {
            throw new ArgumentException($"{curvature.Length} curvatures are given for {values.Length} values.", nameof(curvature));
        }

        // Codes begin as signs: everything is above the first threshold.
        float scale = 0f;
        float threshold = -1f;
        for (int round = 0; round <= LossAwareRounds; round++)
        {
            (double sum, double weight) = MagnitudeSums.Above(values, curvature, threshold);
            float next = weight == 0 ? scale : (float)(sum / weight);
            if (round > 0 && next == scale)
            {
                break;
            }

            scale = next;
            threshold = 0.5f * scale;
        }

        return new TernaryFit(threshold, scale);
    }
}
