namespace QuantGen.Quantization;

/// <summary>Returns the range whose asymmetric codes reproduce the values observed with the smallest mean squared error.</summary>
/// <remarks>The error is measured on the middles of a histogram of 8,192 bins.</remarks>
internal sealed class MseObserver : IRangeObserver
{
    private readonly ValueHistogram _histogram = new();

    /// <inheritdoc/>
    public void Observe(ReadOnlySpan<float> values) => _histogram.Add(values);

    /// <inheritdoc/>
    public QuantizationRange Range(int bits)
    {
        if (_histogram.Count == 0)
        {
            throw new InvalidOperationException("No value was observed, so there is no range.");
        }

        float[] centres = new float[ValueHistogram.Bins];
        float[] weights = new float[ValueHistogram.Bins];
        int used = 0;
        for (int bin = 0; bin < ValueHistogram.Bins; bin++)
        {
            if (_histogram.CountOf(bin) > 0)
            {
                centres[used] = _histogram.CentreOf(bin);
                weights[used] = _histogram.CountOf(bin);
                used++;
            }
        }

        var points = new WeightedPoints();
        points.Take(centres.AsSpan(0, used), weights.AsSpan(0, used));
        var full = new QuantizationRange(MathF.Min(_histogram.Low, 0f), MathF.Max(_histogram.High, 0f));
        return MseSearch.Asymmetric(points, full, bits);
    }
}
