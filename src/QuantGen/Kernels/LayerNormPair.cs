using System.Diagnostics;
using System.Runtime.CompilerServices;
using QuantGen.Lanes;

namespace QuantGen.Kernels;

/// <summary>
/// Residual and layer normalization of two tokens at once: each is computed as <see cref="LayerNorm"/> defines it, and neither waits for its own sums.
/// </summary>
/// <remarks>A token's sum is one chain of additions per lane, each of which takes several cycles; two chains take the time of one.</remarks>
internal static class LayerNormPair
{
    /// <summary>Adds the residuals to two tokens that follow each other and normalizes the sums.</summary>
    /// <param name="input">The first token's values.</param>
    /// <param name="residual">The first token's values to add.</param>
    /// <param name="factors">The residuals' factors; not read where there are none.</param>
    /// <param name="gamma">The factors of the normalization.</param>
    /// <param name="beta">The summands.</param>
    /// <param name="epsilon">Added to the variance; positive.</param>
    /// <param name="columns">Values of a token, a multiple of 16, and the distance from one to the next.</param>
    /// <param name="output">Receives the result; may be <paramref name="input"/> or <paramref name="residual"/>.</param>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void RunAdd<TLanes, TResidual>(
        ref float input, ref float residual, ref float factors, ref float gamma, ref float beta, float epsilon, int columns, ref float output)
        where TLanes : struct, ILanes<TLanes>
        where TResidual : struct, IResidual
    {
        Debug.Assert(columns >= 16 && columns % 16 == 0 && epsilon > 0f);
        nuint second = (nuint)columns;
        TLanes total0 = TLanes.Broadcast(0f);
        TLanes total1 = total0;
        for (nuint i = 0; i < second; i += 16)
        {
            TLanes sum0 = Residuals.Add<TLanes, TResidual>(ref input, ref residual, ref factors, i, i);
            TLanes sum1 = Residuals.Add<TLanes, TResidual>(ref input, ref residual, ref factors, i, second + i);
            TLanes.Store(sum0, ref output, i);
            TLanes.Store(sum1, ref output, second + i);
            total0 += sum0;
            total1 += sum1;
        }

        TLanes mean0 = TLanes.Broadcast(TLanes.Sum(total0) / columns);
        TLanes mean1 = TLanes.Broadcast(TLanes.Sum(total1) / columns);
        TLanes squares0 = TLanes.Broadcast(0f);
        TLanes squares1 = squares0;
        for (nuint i = 0; i < second; i += 16)
        {
            TLanes difference0 = TLanes.Load(ref output, i) - mean0;
            TLanes difference1 = TLanes.Load(ref output, second + i) - mean1;
            TLanes.Accumulate(ref squares0, difference0, difference0);
            TLanes.Accumulate(ref squares1, difference1, difference1);
        }

        TLanes inverse0 = TLanes.Broadcast(LayerNorm.Inverse(TLanes.Sum(squares0), epsilon, columns));
        TLanes inverse1 = TLanes.Broadcast(LayerNorm.Inverse(TLanes.Sum(squares1), epsilon, columns));
        for (nuint i = 0; i < second; i += 16)
        {
            TLanes gains = TLanes.Load(ref gamma, i);
            TLanes summands = TLanes.Load(ref beta, i);
            TLanes normal0 = (TLanes.Load(ref output, i) - mean0) * inverse0;
            TLanes normal1 = (TLanes.Load(ref output, second + i) - mean1) * inverse1;
            TLanes.Store(TLanes.MultiplyAdd(normal0, gains, summands), ref output, i);
            TLanes.Store(TLanes.MultiplyAdd(normal1, gains, summands), ref output, second + i);
        }
    }
}
