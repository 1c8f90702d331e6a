using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace QuantGen.Training.Losses;

/// <summary>The exponential function in double precision, eight numbers at a time. Nothing is fused, so bits are the same on every processor.</summary>
internal static class DoubleExponential
{
    // Adding it rounds to an integer and leaves that integer in the low bits.
    private const double RoundingOffset = 6755399441055744.0;

    // The upper part of ln 2 has 32 bits, so its product with a power of two's exponent is exact.
    private const double LnTwoUpper = 6.93147180369123816490e-01;
    private const double LnTwoLower = 1.90821492927058770002e-10;
    private const double Lowest = -708;

    /// <summary>Computes e^x for numbers that are at most 0, within a few units in the last place; below -708 it is 0, NaN stays.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Compute(Vector512<double> x)
    {
        Vector512<double> bounded = Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512.Create(Lowest)), Vector512.Create(Lowest), x);
        Vector512<double> shifted = (bounded * 1.4426950408889634) + Vector512.Create(RoundingOffset);
        Vector512<double> n = shifted - Vector512.Create(RoundingOffset);
        Vector512<double> r = bounded - (n * LnTwoUpper) - (n * LnTwoLower);

        // Taylor's polynomial: |r| <= ln(2) / 2 leaves a remainder below 2^-57.
        Vector512<double> p = Vector512.Create(1.0 / 6227020800);
        p = (p * r) + Vector512.Create(1.0 / 479001600);
        p = (p * r) + Vector512.Create(1.0 / 39916800);
        p = (p * r) + Vector512.Create(1.0 / 3628800);
        p = (p * r) + Vector512.Create(1.0 / 362880);
        p = (p * r) + Vector512.Create(1.0 / 40320);
        p = (p * r) + Vector512.Create(1.0 / 5040);
        p = (p * r) + Vector512.Create(1.0 / 720);
        p = (p * r) + Vector512.Create(1.0 / 120);
        p = (p * r) + Vector512.Create(1.0 / 24);
        p = (p * r) + Vector512.Create(1.0 / 6);
        p = (p * r) + Vector512.Create(0.5);
        p = (p * r) + Vector512.Create(1.0);
        p = (p * r) + Vector512.Create(1.0);
        Vector512<long> exponent = Vector512.ShiftLeft(shifted.AsInt64(), 52);
        Vector512<double> result = (p.AsInt64() + exponent).AsDouble();
        result = Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512.Create(Lowest)), Vector512<double>.Zero, result);
        return Vector512.ConditionalSelect(Vector512.Equals(x, x), result, x);
    }
}
