namespace QuantGen.Quantization;

/// <summary>Returns the range that keeps a share of the values observed, cutting half of the rest at either end.</summary>
/// <remarks>Read from a histogram of 8,192 bins: an end is off by at most one bin, less than 1/2048 of the largest magnitude observed.</remarks>
internal sealed class PercentileObserver : IRangeObserver
{
    private readonly ValueHistogram _histogram = new();
    private readonly double _percentile;

    /// <summary>Creates an observer.</summary>
    /// <param name="percentile">Share of values to keep, in percent, above 0 and up to 100.</param>
    /// <exception cref="ArgumentOutOfRangeException">The percentile lies outside.</exception>
    public PercentileObserver(double percentile = RangeEstimator.DefaultPercentile)
    {
        if (!(percentile > 0 && percentile <= 100))
        {
            throw new ArgumentOutOfRangeException(nameof(percentile), percentile, "A percentile lies above 0 and up to 100.");
        }

        _percentile = percentile;
    }

    /// <inheritdoc/>
    public void Observe(ReadOnlySpan<float> values) => _histogram.Add(values);

    /// <inheritdoc/>
    public QuantizationRange Range(int bits)
    {
        if (_histogram.Count == 0)
        {
            throw new InvalidOperationException("No value was observed, so there is no range.");
        }

        double outside = (100 - _percentile) / 200;
        return new QuantizationRange(MathF.Min(_histogram.Quantile(outside), 0f), MathF.Max(_histogram.Quantile(1 - outside), 0f));
    }
}
