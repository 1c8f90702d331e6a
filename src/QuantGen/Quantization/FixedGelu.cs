namespace QuantGen.Quantization;

/// <summary><see cref="IntegerGelu"/> at <see cref="FixedPoint.ArgumentBits"/>, where its constants are known and everything fits 32 bits.</summary>
/// <remarks>
/// The original shifts sgn(q) times the polynomial, which is one unit less for negative numbers and makes -x / 3546 of those far below 0; here the sign comes
/// after the shift, and they become 0. With |q| below 2^19 and both factors at most 1773, the sum of two products is below 2^31: 2 * 524287 * 1773.
/// </remarks>
public static class FixedGelu
{
    /// <summary>The polynomial's shift: q_b.</summary>
    public const int Shift = -5124;

    /// <summary>The polynomial's summand: q_c.</summary>
    public const int Summand = -29045870;

    /// <summary>By how many bits the polynomial is shortened.</summary>
    public const int ErfShift = 14;

    /// <summary>1 in the scale of the error function: q_1.</summary>
    public const int One = -1773;

    /// <summary>The scale of results, negative.</summary>
    public static readonly double OutputScale = new IntegerGelu(FixedPoint.ScaleOf(FixedPoint.ArgumentBits)).OutputScale;

    /// <summary>Computes GELU in <see cref="OutputScale"/>.</summary>
    /// <param name="q">The argument, of <see cref="FixedPoint.ArgumentBits"/>; cut to <see cref="FixedPoint.ArgumentLimit"/>.</param>
    public static int Of(int q)
    {
        q = Math.Clamp(q, -FixedPoint.ArgumentLimit, FixedPoint.ArgumentLimit);
        int magnitude = Math.Abs(q);
        int t = Math.Min(magnitude, -Shift) + Shift;
        int erf = ((t * t) + Summand) >> ErfShift;
        return (magnitude * erf) + (q * One);
    }
}
