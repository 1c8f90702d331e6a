namespace QuantGen.Quantization;

/// <summary>Returns the two values that elastic binarization begins with (<see cref="ElasticBinarizer.InitialScale"/>), as the ends of a range.</summary>
/// <remarks>The sum is one of whole numbers, multiples of 2^-40, so that no order of the values changes it.</remarks>
/// <param name="isSigned">Whether values may have either sign; otherwise those below zero count as zero.</param>
internal sealed class MeanObserver(bool isSigned) : IRangeObserver
{
    private const double Unit = 1.0 / (1L << 40);

    // What one value adds at most; 2^28 of them fit the sum.
    private const double Most = 1e30;

    private UInt128 _sum;
    private long _count;

    /// <inheritdoc/>
    public void Observe(ReadOnlySpan<float> values)
    {
        RangeEstimator.FiniteExtremes(values);
        foreach (float value in values)
        {
            double units = (isSigned ? Math.Abs((double)value) : Math.Max((double)value, 0)) / Unit;
            _sum += units < long.MaxValue ? (ulong)(long)units : (UInt128)Math.Min(units, Most);
        }

        _count += values.Length;
    }

    /// <inheritdoc/>
    public QuantizationRange Range(int bits)
    {
        if (_count == 0)
        {
            throw new InvalidOperationException("No value was observed, so there is no range.");
        }

        float scale = ElasticBinarizer.InitialScale((double)_sum * Unit / _count, isSigned);
        return new QuantizationRange(isSigned ? -scale : 0f, scale);
    }
}
