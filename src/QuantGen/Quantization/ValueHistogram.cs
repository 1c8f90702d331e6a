namespace QuantGen.Quantization;

/// <summary>Counts values in a fixed number of bins whose width doubles when a larger value arrives.</summary>
/// <remarks>
/// The bins cover -R to R, where R is the smallest power of two above every magnitude seen. Widths are powers of two and bins are aligned
/// to 0, so doubling R merges neighbours in pairs without approximation: the counts are those that the final R would have given from the start,
/// whatever the order of the values.
/// </remarks>
internal sealed class ValueHistogram
{
    /// <summary>Number of bins; at least a quarter of them lies on the longer side of 0, between 0 and the farthest value.</summary>
    public const int Bins = 8192;

    // Bins start about as wide as the smallest scale; narrower ones would tell apart what no code can.
    private const int SmallestExponent = -14;

    private readonly long[] _counts = new long[Bins];
    private int _exponent = SmallestExponent;

    /// <summary>Gets how many values were added.</summary>
    public long Count { get; private set; }

    /// <summary>Gets the smallest value added.</summary>
    public float Low { get; private set; } = float.PositiveInfinity;

    /// <summary>Gets the largest value added.</summary>
    public float High { get; private set; } = float.NegativeInfinity;

    private double Width => Math.ScaleB(2.0 / Bins, _exponent);

    /// <summary>Adds values, or none if one is NaN or infinite.</summary>
    /// <exception cref="ArgumentException">A value is NaN or infinite.</exception>
    public void Add(ReadOnlySpan<float> values)
    {
        if (values.IsEmpty)
        {
            return;
        }

        (float low, float high) = RangeEstimator.FiniteExtremes(values);
        Low = MathF.Min(Low, low);
        High = MathF.Max(High, high);
        double magnitude = Math.Max(Math.Abs((double)low), Math.Abs((double)high));
        while (magnitude >= Math.ScaleB(1.0, _exponent))
        {
            Double();
        }

        double binsPerUnit = 1 / Width;
        foreach (float value in values)
        {
            _counts[(int)Math.Floor(value * binsPerUnit) + (Bins / 2)]++;
        }

        Count += values.Length;
    }

    /// <summary>Returns the number of values in a bin.</summary>
    public long CountOf(int bin) => _counts[bin];

    /// <summary>Returns the middle of a bin, moved inside the values seen.</summary>
    public float CentreOf(int bin) => Clamp((bin - (Bins / 2) + 0.5) * Width);

    /// <summary>Returns the value below which a share of the values lies, taking values as evenly spread inside a bin.</summary>
    /// <param name="share">0 to 1.</param>
    public float Quantile(double share)
    {
        double target = share * Count;
        long below = 0;
        for (int bin = 0; bin < Bins; bin++)
        {
            long count = _counts[bin];
            if (count > 0 && below + count >= target)
            {
                return Clamp((bin - (Bins / 2) + ((target - below) / count)) * Width);
            }

            below += count;
        }

        return High;
    }

    private float Clamp(double value) => (float)Math.Clamp(value, Low, High);

    private void Double()
    {
        const int Middle = Bins / 2;

        // Outward from the middle on either side, so that a pair is read before its place is written.
        for (int i = 0; i < Middle / 2; i++)
        {
            _counts[Middle + i] = _counts[Middle + (2 * i)] + _counts[Middle + (2 * i) + 1];
            _counts[Middle - 1 - i] = _counts[Middle - 1 - (2 * i)] + _counts[Middle - 2 - (2 * i)];
        }

        Array.Clear(_counts, 0, Middle / 2);
        Array.Clear(_counts, Middle + (Middle / 2), Middle / 2);
        _exponent++;
    }
}
