namespace QuantGen.Quantization;

/// <summary>Chooses scale and zero point for a run of weights.</summary>
/// <remarks>Keeps buffers between runs, so an instance serves one thread at a time; what it returns depends on its arguments only.</remarks>
internal sealed class RangeEstimator
{
    /// <summary>The share of values, in percent, that <see cref="Clipping.Percentile"/> keeps inside the range unless told otherwise.</summary>
    public const double DefaultPercentile = 99.9;

    private const int MaximumRefinements = 8;

    private readonly WeightedPoints _points = new();
    private float[] _copy = [];

    /// <summary>Returns scale and zero point for values that will share them.</summary>
    /// <param name="values">Finite values, at least one.</param>
    /// <param name="bits">Width of a code, 2 to 8.</param>
    /// <param name="mapping">How the range becomes codes; <see cref="Mapping.Offset"/> always spans from the smallest value to the largest.</param>
    /// <param name="clipping">
    /// <see cref="Clipping.Percentile"/> clips magnitudes when symmetric, and half of the remaining share at either end when asymmetric.
    /// <see cref="Clipping.Mse"/> searches the range on the values (on 4,096 bins of them when there are more), then alternates between
    /// rounding and the least-squares scale of the rounded values, and returns min-max if that was better after all.
    /// </param>
    /// <param name="percentile">Share of values kept by <see cref="Clipping.Percentile"/>, above 0 and up to 100.</param>
    /// <exception cref="ArgumentException">There is no value, or one is NaN or infinite; the message says where.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The width, an enum value or the percentile is not one of those allowed.</exception>
    public QuantizationParameters Estimate(
        ReadOnlySpan<float> values, int bits, Mapping mapping, Clipping clipping, double percentile = DefaultPercentile)
    {
        if (values.IsEmpty)
        {
            throw new ArgumentException("An empty run has no range.", nameof(values));
        }

        if (!(percentile > 0 && percentile <= 100))
        {
            throw new ArgumentOutOfRangeException(nameof(percentile), percentile, "A percentile lies above 0 and up to 100.");
        }

        (float low, float high) = FiniteExtremes(values);
        if (mapping == Mapping.Offset)
        {
            return QuantizationParameters.Offset(low, high, bits);
        }

        if (mapping is not (Mapping.Symmetric or Mapping.Asymmetric))
        {
            throw new ArgumentOutOfRangeException(nameof(mapping), mapping, "The mapping is Symmetric, Asymmetric or Offset.");
        }

        return clipping switch
        {
            Clipping.MinMax => Parameters(low, high, bits, mapping),
            Clipping.Percentile => ByPercentile(values, bits, mapping, percentile),
            Clipping.Mse => ByError(values, low, high, bits, mapping),
            _ => throw new ArgumentOutOfRangeException(nameof(clipping), clipping, "The clipping is MinMax, Percentile or Mse."),
        };
    }

    /// <summary>Returns the smallest and the largest value, and refuses NaN and infinities.</summary>
    internal static (float Low, float High) FiniteExtremes(ReadOnlySpan<float> values)
    {
        float low = float.PositiveInfinity;
        float high = float.NegativeInfinity;
        for (int i = 0; i < values.Length; i++)
        {
            float value = values[i];
            if (!float.IsFinite(value))
            {
                throw new ArgumentException($"The value at index {i} is {NonFinite.Name(value)}; only finite values have a range.", nameof(values));
            }

            low = value < low ? value : low;
            high = value > high ? value : high;
        }

        return (low, high);
    }

    private static QuantizationParameters Parameters(float low, float high, int bits, Mapping mapping) => mapping == Mapping.Symmetric
        ? QuantizationParameters.Symmetric(MathF.Max(MathF.Abs(low), MathF.Abs(high)), bits)
        : QuantizationParameters.Asymmetric(low, high, bits);

    private QuantizationParameters ByPercentile(ReadOnlySpan<float> values, int bits, Mapping mapping, double percentile)
    {
        if (_copy.Length < values.Length)
        {
            _copy = new float[values.Length];
        }

        Span<float> copy = _copy.AsSpan(0, values.Length);
        values.CopyTo(copy);
        if (mapping == Mapping.Asymmetric)
        {
            double outside = (100 - percentile) / 2;
            float low = OrderStatistics.Percentile(copy, outside);
            return QuantizationParameters.Asymmetric(low, OrderStatistics.Percentile(copy, 100 - outside), bits);
        }

        foreach (ref float value in copy)
        {
            value = MathF.Abs(value);
        }

        return QuantizationParameters.Symmetric(OrderStatistics.Percentile(copy, percentile), bits);
    }

    private QuantizationParameters ByError(ReadOnlySpan<float> values, float low, float high, int bits, Mapping mapping)
    {
        CodeRange codes = CodeRange.For(mapping, bits);
        QuantizationParameters full = Parameters(low, high, bits, mapping);
        _points.Take(values, low, high);
        QuantizationParameters best;
        if (mapping == Mapping.Symmetric)
        {
            best = QuantizationParameters.Symmetric(MseSearch.Symmetric(_points, MathF.Max(MathF.Abs(low), MathF.Abs(high)), bits), bits);
        }
        else
        {
            var range = new QuantizationRange(MathF.Min(low, 0f), MathF.Max(high, 0f));
            best = MseSearch.Asymmetric(_points, range, bits).Asymmetric(bits);
        }

        (double error, float scale) = Fit(values, best, codes);
        for (int i = 0; i < MaximumRefinements && scale != best.Scale; i++)
        {
            QuantizationParameters refined = best with { Scale = scale };
            (double refinedError, scale) = Fit(values, refined, codes);
            if (refinedError >= error)
            {
                break;
            }

            (best, error) = (refined, refinedError);
        }

        return Fit(values, full, codes).Error <= error ? full : best;
    }

    /// <summary>Returns the squared error of the parameters, and the scale that would suit the codes they give best: <c>sum(q w) / sum(q q)</c>.</summary>
    private static (double Error, float BestScale) Fit(ReadOnlySpan<float> values, QuantizationParameters parameters, CodeRange codes)
    {
        double error = 0;
        double products = 0;
        double squares = 0;
        foreach (float value in values)
        {
            double q = LinearQuantizer.Quantize(value, parameters, codes) - parameters.ZeroPoint;
            double difference = value - (q * parameters.Scale);
            error += difference * difference;
            products += q * value;
            squares += q * q;
        }

        float scale = squares == 0 ? parameters.Scale : (float)(products / squares);
        return (error, MathF.Max(scale, QuantizationParameters.SmallestScale));
    }
}
