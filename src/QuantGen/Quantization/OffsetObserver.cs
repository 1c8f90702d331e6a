namespace QuantGen.Quantization;

/// <summary>Keeps the range that another observer finds inside the smallest and largest value observed, so that it need not include 0.</summary>
/// <param name="rule">Who finds the range.</param>
/// <param name="fromZero">Whether the range begins at 0 whatever the smallest value is, as behind functions that give none below it.</param>
internal sealed class OffsetObserver(IRangeObserver rule, bool fromZero) : IRangeObserver
{
    private float _low = float.PositiveInfinity;
    private float _high = float.NegativeInfinity;

    /// <inheritdoc/>
    public void Observe(ReadOnlySpan<float> values)
    {
        rule.Observe(values);
        (float low, float high) = RangeEstimator.FiniteExtremes(values);
        _low = MathF.Min(_low, low);
        _high = MathF.Max(_high, high);
    }

    /// <inheritdoc/>
    public QuantizationRange Range(int bits)
    {
        QuantizationRange found = rule.Range(bits);
        float high = MathF.Min(found.High, _high);
        return new QuantizationRange(fromZero ? 0f : MathF.Min(MathF.Max(found.Low, _low), high), fromZero ? MathF.Max(high, 0f) : high);
    }
}
