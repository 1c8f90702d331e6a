using System.Runtime.CompilerServices;
using QuantGen.Lanes;

namespace QuantGen.Kernels;

/// <summary>Mean and deviation of a token, as <see cref="LayerNorm"/> defines them, for what needs them alone.</summary>
internal static class LayerNormMoments
{
    /// <summary>Computes both.</summary>
    /// <param name="x">The token's values.</param>
    /// <param name="epsilon">Added to the variance; positive.</param>
    /// <param name="columns">How many values there are, at least 1.</param>
    /// <returns>The mean, and sqrt(variance + epsilon).</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static (float Mean, float Deviation) Of<TLanes>(ref float x, float epsilon, int columns)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes total = TLanes.Broadcast(0f);
        TLanes squares = total;
        for (int i = 0; i < columns; i += 16)
        {
            total += LanesTail.LoadUpTo<TLanes>(ref x, i, Math.Min(16, columns - i));
        }

        float mean = TLanes.Sum(total) / columns;
        for (int i = 0; i < columns; i += 16)
        {
            TLanes difference = LanesTail.LoadUpTo<TLanes>(ref x, i, Math.Min(16, columns - i), mean) - TLanes.Broadcast(mean);
            TLanes.Accumulate(ref squares, difference, difference);
        }

        return (mean, MathF.Sqrt((TLanes.Sum(squares) / columns) + epsilon));
    }
}
