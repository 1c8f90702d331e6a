namespace QuantGen.Kernels;

/// <summary>The 8-bit asymmetric mapping of one token or tensor: <c>code = clamp(round(x * inverse) + zero point, 0, 255)</c>.</summary>
/// <param name="Scale">The factor from code to value, at least 1e-8.</param>
/// <param name="Inverse">1 / scale, rounded once.</param>
/// <param name="ZeroPoint">The code of 0, in 0..255.</param>
public readonly record struct ActivationParameters(float Scale, float Inverse, int ZeroPoint)
{
    // Far above any activation, and small enough that high - low stays finite.
    private const float Limit = float.MaxValue / 4f;

    /// <summary>Derives the mapping from the smallest and largest value.</summary>
    /// <remarks>
    /// The range is widened to hold 0, cut to a quarter of the float range on either side (so infinities give a finite scale), divided by
    /// 255 and floored at 1e-8.
    /// </remarks>
    /// <param name="low">The smallest value; above 0 counts as 0.</param>
    /// <param name="high">The largest value; below 0 counts as 0.</param>
    /// <returns>The mapping.</returns>
    public static ActivationParameters FromMinMax(float low, float high)
    {
        low = low < 0f ? (low > -Limit ? low : -Limit) : 0f;
        high = high > 0f ? (high < Limit ? high : Limit) : 0f;
        float scale = (high - low) / 255f;
        scale = scale > 1e-8f ? scale : 1e-8f;
        float inverse = 1f / scale;
        float zero = MathF.Round(-low * inverse, MidpointRounding.ToEven);
        return new(scale, inverse, (int)(zero < 255f ? zero : 255f));
    }

    /// <summary>Makes the mapping of a calibrated or learned scale.</summary>
    /// <param name="scale">The scale; positive and finite, floored at 1e-8.</param>
    /// <param name="zeroPoint">The code of 0, in 0..255.</param>
    /// <returns>The mapping.</returns>
    public static ActivationParameters FromScale(float scale, int zeroPoint)
    {
        scale = scale > 1e-8f ? scale : 1e-8f;
        return new(scale, 1f / scale, zeroPoint);
    }

    /// <summary>Computes the code of one value: the definition that every vector path equals.</summary>
    /// <param name="x">The value. NaN gets the zero code, infinities saturate.</param>
    /// <param name="inverse">1 / scale.</param>
    /// <param name="zeroPoint">The code of 0, in 0..255.</param>
    /// <returns>The code.</returns>
    public static byte ActivationCode(float x, float inverse, int zeroPoint)
    {
        float scaled = x * inverse;
        if (float.IsNaN(scaled))
        {
            return (byte)zeroPoint;
        }

        // The bounds are integers, so cutting before rounding equals cutting after it, and the conversion cannot overflow.
        scaled = scaled > -zeroPoint ? scaled : -zeroPoint;
        scaled = scaled < 255 - zeroPoint ? scaled : 255 - zeroPoint;
        return (byte)((int)MathF.Round(scaled, MidpointRounding.ToEven) + zeroPoint);
    }
}
