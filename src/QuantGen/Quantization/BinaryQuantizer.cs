namespace QuantGen.Quantization;

/// <summary>Quantizes to one bit: the sign, times the mean magnitude of the run.</summary>
/// <remarks>
/// Binary weight networks (Rastegari et al. 2016), as BinaryBERT (Bai et al. 2021) uses them: <c>alpha = mean|w|</c>,
/// <c>code = w &gt;= 0 ? 1 : 0</c>, <c>value = (2 code - 1) alpha</c>. The mean is the scale with the smallest squared error for these signs,
/// so there is no range to choose. No code stands for 0: a zero becomes +alpha, and NaN becomes -alpha.
/// </remarks>
internal static class BinaryQuantizer
{
    /// <summary>Returns the scale of a run, its mean magnitude, at least <see cref="QuantizationParameters.SmallestScale"/>.</summary>
    /// <param name="values">The run; not empty.</param>
    /// <param name="mean">What magnitudes and signs are taken around, as BiT takes them around the mean; 0 for BWN.</param>
    /// <exception cref="ArgumentException">The run is empty.</exception>
    public static float Scale(ReadOnlySpan<float> values, float mean = 0f)
    {
        RequireValues(values);
        double sum = 0;
        foreach (float value in values)
        {
            sum += Math.Abs((double)value - mean);
        }

        return MathF.Max((float)(sum / values.Length), QuantizationParameters.SmallestScale);
    }

    /// <summary>Returns the mean of a run.</summary>
    /// <param name="values">The run; not empty.</param>
    /// <exception cref="ArgumentException">The run is empty.</exception>
    public static float Mean(ReadOnlySpan<float> values)
    {
        RequireValues(values);
        double sum = 0;
        foreach (float value in values)
        {
            sum += value;
        }

        return (float)(sum / values.Length);
    }

    /// <summary>Returns the stored code of one value: 1 from 0 upwards, 0 below.</summary>
    /// <param name="value">Any float.</param>
    public static byte Quantize(float value) => value >= 0f ? (byte)1 : (byte)0;

    /// <summary>Returns the real value of one stored code.</summary>
    /// <param name="code">0 or 1.</param>
    /// <param name="scale">The run's scale.</param>
    public static float Dequantize(byte code, float scale) => ((2 * code) - 1) * scale;

    /// <summary>Quantizes and dequantizes one value.</summary>
    /// <param name="value">Any float.</param>
    /// <param name="scale">The run's scale.</param>
    public static float FakeQuantize(float value, float scale) => Dequantize(Quantize(value), scale);

    /// <summary>Quantizes a run of values.</summary>
    /// <param name="values">Any floats.</param>
    /// <param name="codes">Receives one code per value; the same length.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void Quantize(ReadOnlySpan<float> values, Span<byte> codes)
    {
        CheckLengths(values.Length, codes.Length);
        for (int i = 0; i < values.Length; i++)
        {
            codes[i] = Quantize(values[i]);
        }
    }

    /// <summary>Dequantizes a run of codes.</summary>
    /// <param name="codes">Codes of 0 and 1.</param>
    /// <param name="scale">The run's scale.</param>
    /// <param name="values">Receives one value per code; the same length.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void Dequantize(ReadOnlySpan<byte> codes, float scale, Span<float> values)
    {
        CheckLengths(codes.Length, values.Length);
        for (int i = 0; i < codes.Length; i++)
        {
            values[i] = Dequantize(codes[i], scale);
        }
    }

    private static void RequireValues(ReadOnlySpan<float> values)
    {
        if (values.IsEmpty)
        {
            throw new ArgumentException("An empty run has no mean magnitude.", nameof(values));
        }
    }

    private static void CheckLengths(int source, int destination)
    {
        if (source != destination)
        {
            throw new ArgumentException($"The destination holds {destination} elements, and {source} are needed.");
        }
    }
}
