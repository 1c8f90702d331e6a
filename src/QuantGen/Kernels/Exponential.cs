using System.Runtime.CompilerServices;
using QuantGen.Lanes;

namespace QuantGen.Kernels;

/// <summary>The exponential function, as one fixed sequence of fused steps.</summary>
internal static class Exponential
{
    // 1.5 * 2^23: adding it rounds to an integer, halves to even, and leaves that integer in the low bits.
    private const float RoundingOffset = 12582912f;

    // The upper part of ln 2 has 15 bits, so its product with a power of two's exponent is exact; the lower part adds 24 more.
    private const float LnTwoUpper = 0.693145752f;
    private const float LnTwoLower = 1.42860677e-6f;

    /// <summary>Computes e^x within 2 units in the last place.</summary>
    /// <remarks>
    /// With n = round(x / ln 2) and r = x - n ln 2, the result is 2^n p(r), p being the minimax polynomial of degree 6 on |r| &lt;= ln(2) / 2
    /// (relative error 3.1e-9). Arguments up to -87.33654, minus infinity and NaN give 0; there are no subnormal results.
    /// Arguments above 88.72283 give what 88.72283 gives, 3.402798e38: the result is always finite.
    /// </remarks>
    /// <typeparam name="TLanes">The lanes to compute on.</typeparam>
    /// <param name="x">The exponents.</param>
    /// <returns>The powers of e.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Compute<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes bounded = TLanes.Min(x, TLanes.Broadcast(88.72283f));
        TLanes shifted = TLanes.MultiplyAdd(bounded, TLanes.Broadcast(1.44269502f), TLanes.Broadcast(RoundingOffset));
        TLanes n = shifted - TLanes.Broadcast(RoundingOffset);
        TLanes r = TLanes.MultiplyAdd(n, TLanes.Broadcast(-LnTwoUpper), bounded);
        r = TLanes.MultiplyAdd(n, TLanes.Broadcast(-LnTwoLower), r);

        TLanes p = TLanes.Broadcast(0.00138145313f);
        p = TLanes.MultiplyAdd(p, r, TLanes.Broadcast(0.00836874545f));
        p = TLanes.MultiplyAdd(p, r, TLanes.Broadcast(0.0416683890f));
        p = TLanes.MultiplyAdd(p, r, TLanes.Broadcast(0.166665211f));
        p = TLanes.MultiplyAdd(p, r, TLanes.Broadcast(0.499999940f));
        p = TLanes.MultiplyAdd(p, r, TLanes.Broadcast(1f));
        p = TLanes.MultiplyAdd(p, r, TLanes.Broadcast(1f));
        TLanes result = TLanes.ScaleByPowerOfTwo(p, shifted);
        return TLanes.SelectGreater(x, TLanes.Broadcast(-87.33654f), result, TLanes.Broadcast(0f));
    }
}
