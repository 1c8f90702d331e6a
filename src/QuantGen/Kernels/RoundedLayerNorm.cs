using System.Diagnostics;
using System.Runtime.CompilerServices;
using QuantGen.Lanes;
using QuantGen.Quantization;

namespace QuantGen.Kernels;

/// <summary>Layer normalization whose numerator, denominator, quotient and result are rounded to codes of stored ranges (FullyQT, Prato et al. 2020).</summary>
/// <remarks>
/// Mean and variance are sums, which are not rounded, and are computed as <see cref="LayerNorm"/> defines them. Numerators and quotients have a range for each
/// column, as no product of integers reads them; the result, which products read, has one. With these ranges R it is
/// <code>
/// n = R0(x - mean)     d = R1(sqrt(variance + epsilon))     q = R2(n * (1 / max(d, 1e-8)))     y = R3(q * gamma + beta), fused
/// </code>
/// where the factors gamma are stored as values of codes already.
/// </remarks>
internal static class RoundedLayerNorm
{
    /// <summary>Normalizes tokens, or their sums with residuals.</summary>
    /// <param name="input">The first token's values; rows have no gaps.</param>
    /// <param name="residual">The first token's values to add; a null reference for nothing.</param>
    /// <param name="gamma">The factors.</param>
    /// <param name="beta">The summands.</param>
    /// <param name="epsilon">Added to the variance; positive.</param>
    /// <param name="count">How many tokens.</param>
    /// <param name="columns">Values of a token, at least 1.</param>
    /// <param name="ranges">
    /// Scales and then centers of the numerator's columns, scale and center of the denominator, those of the quotient's columns, and of the result.
    /// </param>
    /// <param name="bits">Bits of their codes, 2 to 8.</param>
    /// <param name="output">Receives the result; may be <paramref name="input"/> or <paramref name="residual"/>.</param>
    public static void Rows(
        ref float input, ref float residual, ref float gamma, ref float beta, float epsilon, int count, int columns, ref float ranges, int bits,
        ref float output)
    {
        if (LanesChoice.Use512)
        {
            Run<Lanes512>(ref input, ref residual, ref gamma, ref beta, epsilon, count, columns, ref ranges, bits, ref output);
        }
        else if (LanesChoice.Use256)
        {
            Run<Lanes256>(ref input, ref residual, ref gamma, ref beta, epsilon, count, columns, ref ranges, bits, ref output);
        }
        else if (LanesChoice.Use128)
        {
            Run<Lanes128>(ref input, ref residual, ref gamma, ref beta, epsilon, count, columns, ref ranges, bits, ref output);
        }
        else
        {
            Run<LanesScalar>(ref input, ref residual, ref gamma, ref beta, epsilon, count, columns, ref ranges, bits, ref output);
        }
    }

    /// <summary>Does the same on the given lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Run<TLanes>(
        ref float input, ref float residual, ref float gamma, ref float beta, float epsilon, int count, int columns, ref float ranges, int bits,
        ref float output)
        where TLanes : struct, ILanes<TLanes>
    {
        Debug.Assert(columns >= 1 && epsilon > 0f);
        ref float ofDenominators = ref Unsafe.Add(ref ranges, 2 * columns);
        ref float ofQuotients = ref Unsafe.Add(ref ofDenominators, 2);
        var numerators = new FeatureRounding<TLanes>(ref ranges, columns, bits);
        ActivationParameters denominators = ActivationParameters.FromCenter(ref ofDenominators, bits);
        var quotients = new FeatureRounding<TLanes>(ref ofQuotients, columns, bits);
        var results = new RoundingLanes<TLanes>(ActivationParameters.FromCenter(ref Unsafe.Add(ref ofQuotients, 2 * columns), bits));
        bool isSum = !Unsafe.IsNullRef(ref residual);
        for (int token = 0; token < count; token++)
        {
            nint at = (nint)token * columns;
            ref float row = ref Unsafe.Add(ref input, at);
            ref float target = ref Unsafe.Add(ref output, at);
            if (isSum)
            {
                Add<TLanes>(ref row, ref Unsafe.Add(ref residual, at), columns, ref target);
                row = ref target;
            }

            (float mean, float deviation) = LayerNormMoments.Of<TLanes>(ref row, epsilon, columns);
            TLanes means = TLanes.Broadcast(mean);
            TLanes inverse = TLanes.Broadcast(Inverse(denominators, deviation));
            for (int i = 0; i < columns; i += 16)
            {
                int width = Math.Min(16, columns - i);
                TLanes numerator = numerators.Round(LanesTail.LoadUpTo<TLanes>(ref row, i, width) - means, i, width);
                TLanes quotient = quotients.Round(numerator * inverse, i, width);
                TLanes factors = LanesTail.LoadUpTo<TLanes>(ref gamma, i, width);
                TLanes summands = LanesTail.LoadUpTo<TLanes>(ref beta, i, width);
                LanesTail.StoreUpTo(results.Round(TLanes.MultiplyAdd(quotient, factors, summands)), ref target, i, width);
            }
        }
    }

    /// <summary>Computes 1 over a rounded denominator.</summary>
    /// <param name="range">The denominators' range.</param>
    /// <param name="denominator">The denominator, above 0.</param>
    internal static float Inverse(ActivationParameters range, float denominator) =>
        1f / MathF.Max(range.Round(denominator), QuantizationParameters.SmallestScale);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add<TLanes>(ref float input, ref float residual, int columns, ref float sum)
        where TLanes : struct, ILanes<TLanes>
    {
        for (int i = 0; i < columns; i += 16)
        {
            int width = Math.Min(16, columns - i);
            LanesTail.StoreUpTo(LanesTail.LoadUpTo<TLanes>(ref input, i, width) + LanesTail.LoadUpTo<TLanes>(ref residual, i, width), ref sum, i, width);
        }
    }
}
