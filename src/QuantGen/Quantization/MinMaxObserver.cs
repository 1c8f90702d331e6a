namespace QuantGen.Quantization;

/// <summary>Returns the smallest and the largest value observed.</summary>
internal sealed class MinMaxObserver : IRangeObserver
{
    private float _low = float.PositiveInfinity;
    private float _high = float.NegativeInfinity;

    /// <inheritdoc/>
    public void Observe(ReadOnlySpan<float> values)
    {
        (float low, float high) = RangeEstimator.FiniteExtremes(values);
        _low = MathF.Min(_low, low);
        _high = MathF.Max(_high, high);
    }

    /// <inheritdoc/>
    public QuantizationRange Range(int bits)
    {
        if (_low > _high)
        {
            throw new InvalidOperationException("No value was observed, so there is no range.");
        }

        return new QuantizationRange(MathF.Min(_low, 0f), MathF.Max(_high, 0f));
    }
}
