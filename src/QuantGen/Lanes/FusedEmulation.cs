using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace QuantGen.Lanes;

/// <summary>Fused multiply-add for processors without the instruction, exact to the last bit.</summary>
/// <remarks>
/// The product of two floats has at most 48 significant bits and an exponent a double holds, so it is exact in double, and only the sum
/// is rounded before the final conversion. Rounding twice, to 53 bits and then to at most 24, is wrong only when the first rounding lands
/// on a midpoint between two neighbouring floats (a tie) that the exact sum is not on.
/// <see cref="Quick"/> takes the double sum and reports when that could have happened. A normal result has its midpoints where the low
/// 29 bits of the double are 1 followed by zeros. A subnormal result has them elsewhere, so every result of magnitude at most 2^-126 is
/// reported, except zero: a result rounded to zero has a sum of magnitude at most 2^-150, and such a sum is exact in double, because
/// either c = 0 or the product has magnitude 2^-150 or more, hence no bit below 2^-198.
/// <see cref="Exact"/> rounds the sum to odd instead (Boldo and Melquiond, "Emulation of FMA and correctly rounded sums: proved
/// algorithms using rounding to odd", 2008): the two-sum of Knuth yields the error of the addition, the sum is cut toward zero and its
/// last bit set where the error is not zero. With 53 bits against 24 there are more than the two extra bits the theorem asks for, also for
/// subnormal results, which have fewer bits. Overflow and infinity need nothing: the double sum of finite terms stays far below its limit,
/// and for infinite or NaN terms the error is NaN, which does not count as an error.
/// </remarks>
internal static class FusedEmulation
{
    /// <summary>Rounds <c>a * b + c</c> through double; right in every lane unless <paramref name="doubtful"/> gets a bit set.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Quick(Vector128<float> a, Vector128<float> b, Vector128<float> c, ref Vector128<int> doubtful)
    {
        Vector128<float> result;
        Vector128<int> low;
        if (Avx.IsSupported)
        {
            Vector256<double> sum = Avx.Add(
                Avx.Multiply(Avx.ConvertToVector256Double(a), Avx.ConvertToVector256Double(b)),
                Avx.ConvertToVector256Double(c));
            result = Avx.ConvertToVector128Single(sum);
            low = LowHalves(sum.GetLower(), sum.GetUpper());
        }
        else
        {
            Vector128<double> sum0 = (Vector128.WidenLower(a) * Vector128.WidenLower(b)) + Vector128.WidenLower(c);
            Vector128<double> sum1 = (Vector128.WidenUpper(a) * Vector128.WidenUpper(b)) + Vector128.WidenUpper(c);
            result = Vector128.Narrow(sum0, sum1);
            low = LowHalves(sum0, sum1);
        }

        // Without the sign, 0 wraps to the largest unsigned number; the offset turns the unsigned comparison into a signed one.
        Vector128<int> magnitude = result.AsInt32() + result.AsInt32() + Vector128.Create(int.MaxValue);
        Vector128<int> tiny = Vector128.LessThan(magnitude, Vector128.Create(int.MinValue + (0x00800000 << 1)));
        Vector128<int> tie = Vector128.Equals(low << 3, Vector128.Create(int.MinValue));
        doubtful |= tie | tiny;
        return result;
    }

    /// <summary>Computes <c>a * b + c</c> with a single rounding, for all arguments.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Vector128<float> Exact(Vector128<float> a, Vector128<float> b, Vector128<float> c) => Vector128.Narrow(
        AddToOdd(Vector128.WidenLower(a) * Vector128.WidenLower(b), Vector128.WidenLower(c)),
        AddToOdd(Vector128.WidenUpper(a) * Vector128.WidenUpper(b), Vector128.WidenUpper(c)));

    private static Vector128<double> AddToOdd(Vector128<double> x, Vector128<double> y)
    {
        Vector128<double> sum = x + y;
        Vector128<double> partOfY = sum - x;
        Vector128<double> error = (x - (sum - partOfY)) + (y - partOfY);

        // An error of the other sign means that the sum was rounded away from zero; one unit less is the sum cut toward zero.
        Vector128<long> roundedAway = Vector128.ShiftRightLogical(sum.AsInt64() ^ error.AsInt64(), 63);
        Vector128<long> odd = (sum.AsInt64() - roundedAway) | Vector128<long>.One;
        Vector128<double> inexact = Vector128.GreaterThan(Vector128.Abs(error), Vector128<double>.Zero);
        return Vector128.ConditionalSelect(inexact, odd.AsDouble(), sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> LowHalves(Vector128<double> first, Vector128<double> second) => Sse.IsSupported
        ? Sse.Shuffle(first.AsSingle(), second.AsSingle(), 0b10_00_10_00).AsInt32()
        : Vector128.Narrow(first.AsInt64(), second.AsInt64());
}
