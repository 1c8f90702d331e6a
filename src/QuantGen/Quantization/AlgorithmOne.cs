namespace QuantGen.Quantization;

/// <summary>The first clipping threshold of a tensor: the ends of the range that holds most of its values (Jin et al., KDLSQ-BERT, 2021, Algorithm
/// 1).</summary>
internal static class AlgorithmOne
{
    /// <summary>The share of values that the papers' experiments leave outside, half of it on either side.</summary>
    public const double DefaultTruncation = 0.05;

    /// <summary>Returns the larger magnitude of the two ends.</summary>
    /// <param name="values">The tensor, in any order; at least one value.</param>
    /// <param name="truncation">The share of values outside, 0 to below 1.</param>
    /// <exception cref="ArgumentException">There is no value.</exception>
    public static float Threshold(ReadOnlySpan<float> values, double truncation = DefaultTruncation)
    {
        if (values.IsEmpty)
        {
            throw new ArgumentException("There are no values to find a threshold of.", nameof(values));
        }

        ArgumentOutOfRangeException.ThrowIfNegative(truncation);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(truncation, 1);
        float[] copy = values.ToArray();
        int cut = (int)Math.Round(values.Length * truncation / 2, MidpointRounding.ToEven);
        float low = OrderStatistics.Select(copy, cut);
        float high = OrderStatistics.Select(copy, Math.Min(values.Length - cut, values.Length - 1));
        return MathF.Max(MathF.Abs(low), MathF.Abs(high));
    }
}
