using System.Runtime.CompilerServices;

namespace QuantGen.Kernels;

/// <summary>The mapping of one token or tensor to codes of at most 8 bits: <c>code = clamp(round((x - center) * inverse) + zero point, lowest,
/// highest)</c>.</summary>
/// <param name="Scale">The factor from code to value, at least 1e-8.</param>
/// <param name="Inverse">1 / scale, rounded once.</param>
/// <param name="ZeroPoint">The code of 0, in 0..<paramref name="Highest"/>.</param>
/// <param name="Lowest">The lowest code: 0, or 1 where codes are symmetric around the zero point.</param>
/// <param name="Highest">The highest code, 2^bits - 1.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct ActivationParameters(float Scale, float Inverse, int ZeroPoint, int Lowest = 0, int Highest = 255)
{
    /// <summary>Gets the value of the zero point's code: 0, but for ranges as they are.</summary>
    public float Center { get; init; }

    // Far above any activation, and small enough that high - low stays finite.
    internal const float Limit = float.MaxValue / 4f;

    /// <summary>Derives the mapping from the smallest and largest value.</summary>
    /// <remarks>
    /// The range is widened to hold 0, cut to a quarter of the float range on either side (so infinities give a finite scale), divided by
    /// the highest code and floored at 1e-8. All codes are used, whatever the zero point.
    /// </remarks>
    /// <param name="low">The smallest value; above 0 counts as 0.</param>
    /// <param name="high">The largest value; below 0 counts as 0.</param>
    /// <param name="bits">Bits of a code, 2 to 8.</param>
    /// <returns>The mapping.</returns>
    public static ActivationParameters FromMinMax(float low, float high, int bits = 8)
    {
        low = low < 0f ? (low > -Limit ? low : -Limit) : 0f;
        high = high > 0f ? (high < Limit ? high : Limit) : 0f;
        float highest = (1 << bits) - 1;
        float scale = (high - low) / highest;
        scale = scale > 1e-8f ? scale : 1e-8f;
        float inverse = 1f / scale;
        float zero = MathF.Round(-low * inverse, MidpointRounding.ToEven);
        return new(scale, inverse, (int)(zero < highest ? zero : highest), 0, (int)highest);
    }

    /// <summary>Makes the mapping of a calibrated or learned scale.</summary>
    /// <remarks>
    /// A zero point of 2^(bits-1) means symmetric codes, as those of weights are: the lowest code is 1, so that as many levels lie below 0 as above it
    /// and values beyond the threshold of a learned scale saturate at its two ends. Every other zero point leaves all codes in use.
    /// </remarks>
    /// <param name="scale">The scale; positive and finite, floored at 1e-8.</param>
    /// <param name="zeroPoint">The code of 0, below 2^bits.</param>
    /// <param name="bits">Bits of a code, 2 to 8.</param>
    /// <returns>The mapping.</returns>
    public static ActivationParameters FromScale(float scale, int zeroPoint, int bits = 8)
    {
        scale = scale > 1e-8f ? scale : 1e-8f;
        return new(scale, 1f / scale, zeroPoint, zeroPoint == 1 << (bits - 1) ? 1 : 0, (1 << bits) - 1);
    }

    /// <summary>Makes the mapping of a stored range as it is, which need not hold 0 (<see cref="Mapping.Offset"/>): all codes, from the middle one.</summary>
    /// <param name="scale">The scale; positive and finite, floored at 1e-8.</param>
    /// <param name="center">The value of the middle code.</param>
    /// <param name="bits">Bits of a code, 2 to 8.</param>
    /// <returns>The mapping.</returns>
    public static ActivationParameters FromCenter(float scale, float center, int bits)
    {
        scale = scale > 1e-8f ? scale : 1e-8f;
        return new(scale, 1f / scale, 1 << (bits - 1), 0, (1 << bits) - 1) { Center = center };
    }

    /// <summary>Reads such a range: its scale, behind it its center.</summary>
    /// <param name="range">The scale.</param>
    /// <param name="bits">Bits of a code, 2 to 8.</param>
    internal static ActivationParameters FromCenter(ref float range, int bits) => FromCenter(range, Unsafe.Add(ref range, 1), bits);

    /// <summary>Rounds a value: the one that its code stands for, scaled and then added unfused.</summary>
    /// <param name="x">The value. NaN gets the middle code's, infinities saturate.</param>
    internal float Round(float x) => ((Code(x) - ZeroPoint) * Scale) + Center;

    /// <summary>Computes the code of one value: the definition that every vector path equals.</summary>
    /// <param name="x">The value. NaN gets the zero code, infinities saturate.</param>
    /// <returns>The code.</returns>
    public byte Code(float x)
    {
        float scaled = (x - Center) * Inverse;
        if (float.IsNaN(scaled))
        {
            return (byte)ZeroPoint;
        }

        // The bounds are integers, so cutting before rounding equals cutting after it, and the conversion cannot overflow.
        float least = Lowest - ZeroPoint;
        float most = Highest - ZeroPoint;
        scaled = scaled > least ? scaled : least;
        scaled = scaled < most ? scaled : most;
        return (byte)((int)MathF.Round(scaled, MidpointRounding.ToEven) + ZeroPoint);
    }
}
