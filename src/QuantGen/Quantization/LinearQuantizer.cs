using System.Runtime.CompilerServices;

namespace QuantGen.Quantization;

/// <summary>Defines linear quantization: the packer, the trainer and the kernels round as this class does.</summary>
/// <remarks>
/// <para>
/// <c>code = clip(round((x - center) / scale) + zeroPoint, lowest, highest)</c> and <c>real = (code - zeroPoint) * scale + center</c>; the center is 0 but
/// for codes of <see cref="QuantizationParameters.Offset"/>.
/// </para>
/// <para>
/// The four choices: rounding is half to even; the zero point is added after rounding; the value is divided by the scale, never multiplied by
/// its reciprocal; the clamp bounds are those of <see cref="CodeRange.For"/>. NaN becomes the zero point's code and infinities saturate.
/// </para>
/// <para>
/// Codes are stored unsigned. A symmetric value q in -n..n, n = 2^(bits-1) - 1, is stored as q + 2^(bits-1), so both mappings are one formula.
/// </para>
/// </remarks>
internal static class LinearQuantizer
{
    /// <summary>Returns the stored code of one value.</summary>
    /// <param name="value">Any float.</param>
    /// <param name="parameters">Scale and zero point.</param>
    /// <param name="range">Codes that may be produced.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte Quantize(float value, QuantizationParameters parameters, CodeRange range)
    {
        int code = Round(value - parameters.Center, parameters.Scale, range.Lowest - parameters.ZeroPoint, range.Highest - parameters.ZeroPoint);
        return (byte)(code + parameters.ZeroPoint);
    }

    /// <summary>Returns the real value of one stored code.</summary>
    /// <param name="code">A stored code.</param>
    /// <param name="parameters">Scale and zero point.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Dequantize(byte code, QuantizationParameters parameters) =>
        ((code - parameters.ZeroPoint) * parameters.Scale) + parameters.Center;

    /// <summary>Quantizes and dequantizes one value.</summary>
    /// <param name="value">Any float.</param>
    /// <param name="parameters">Scale and zero point.</param>
    /// <param name="range">Codes that may be produced.</param>
    /// <returns>The value the stored code of <paramref name="value"/> stands for.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float FakeQuantize(float value, QuantizationParameters parameters, CodeRange range) =>
        Dequantize(Quantize(value, parameters, range), parameters);

    /// <summary>Says whether a value lies between the lowest and the highest that codes stand for, both included: inside, gradients pass straight
    /// through.</summary>
    /// <param name="value">Any float.</param>
    /// <param name="parameters">Scale, zero point and center.</param>
    /// <param name="range">Codes that may be produced.</param>
    public static bool IsInside(float value, QuantizationParameters parameters, CodeRange range) =>
        value >= Dequantize((byte)range.Lowest, parameters) && value <= Dequantize((byte)range.Highest, parameters);

    /// <summary>Quantizes a run of values that share a scale.</summary>
    /// <param name="values">Any floats.</param>
    /// <param name="parameters">Scale and zero point.</param>
    /// <param name="range">Codes that may be produced.</param>
    /// <param name="codes">Receives one code per value; the same length.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void Quantize(ReadOnlySpan<float> values, QuantizationParameters parameters, CodeRange range, Span<byte> codes)
    {
        CheckLengths(values.Length, codes.Length);
        for (int i = 0; i < values.Length; i++)
        {
            codes[i] = Quantize(values[i], parameters, range);
        }
    }

    /// <summary>Quantizes a run of values over their own range as it is, from the smallest to the largest: <c>round((x - low) / scale)</c> in double, so that
    /// a value between two codes is one.</summary>
    /// <param name="values">Finite values, at least one.</param>
    /// <param name="bits">Width of a code, 2 to 8.</param>
    /// <param name="codes">Receives one code per value; the same length.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a value is NaN or infinite.</exception>
    public static void QuantizeOverRange(ReadOnlySpan<float> values, int bits, Span<byte> codes)
    {
        CheckLengths(values.Length, codes.Length);
        (float low, float high) = RangeEstimator.FiniteExtremes(values);
        double scale = ((double)high - low) / ((1 << bits) - 1);
        for (int i = 0; i < values.Length; i++)
        {
            codes[i] = scale == 0 ? (byte)0 : (byte)Math.Round(((double)values[i] - low) / scale);
        }
    }

    /// <summary>Dequantizes a run of codes that share a scale.</summary>
    /// <param name="codes">Stored codes.</param>
    /// <param name="parameters">Scale and zero point.</param>
    /// <param name="values">Receives one value per code; the same length.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void Dequantize(ReadOnlySpan<byte> codes, QuantizationParameters parameters, Span<float> values)
    {
        CheckLengths(codes.Length, values.Length);
        for (int i = 0; i < codes.Length; i++)
        {
            values[i] = Dequantize(codes[i], parameters);
        }
    }

    /// <summary>Quantizes and dequantizes a run of values that share a scale.</summary>
    /// <param name="values">Any floats.</param>
    /// <param name="parameters">Scale and zero point.</param>
    /// <param name="range">Codes that may be produced.</param>
    /// <param name="result">Receives one value per value; the same length, and may be the same memory.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void FakeQuantize(ReadOnlySpan<float> values, QuantizationParameters parameters, CodeRange range, Span<float> result)
    {
        CheckLengths(values.Length, result.Length);
        for (int i = 0; i < values.Length; i++)
        {
            result[i] = FakeQuantize(values[i], parameters, range);
        }
    }

    /// <summary>Returns the rounded and clamped quotient, the code before the zero point is added.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Round(float value, float scale, float lowest, float highest)
    {
        // Clamped as a float, because infinities and large quotients do not fit an int; NaN fails both comparisons.
        float rounded = MathF.Round(value / scale);
        rounded = rounded > highest ? highest : rounded;
        rounded = rounded < lowest ? lowest : rounded;
        return float.IsNaN(rounded) ? 0 : (int)rounded;
    }

    private static void CheckLengths(int source, int destination)
    {
        if (source != destination)
        {
            throw new ArgumentException($"The destination holds {destination} elements, and {source} are needed.");
        }
    }
}
