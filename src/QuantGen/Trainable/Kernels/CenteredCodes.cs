using System.Runtime.CompilerServices;
using QuantGen.Kernels;
using QuantGen.Lanes;

namespace QuantGen.Trainable.Kernels;

/// <summary>
/// Activations as centered codes (code - zero point) that are floats, for products whose float sums of integers are exact, and their gradients.
/// </summary>
internal static class CenteredCodes
{
    /// <summary>Quantizes one row; the codes are those of <see cref="ActivationQuantizer"/>.</summary>
    /// <param name="row">The values.</param>
    /// <param name="columns">How many.</param>
    /// <param name="range">The mapping.</param>
    /// <param name="factor">What centered codes are multiplied by: 1, or the scale for the values they stand for.</param>
    /// <param name="centered">Receives the products; may be <paramref name="row"/>.</param>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Quantize<TLanes>(ref float row, int columns, in ActivationParameters range, float factor, ref float centered)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes inverse = TLanes.Broadcast(range.Inverse);
        TLanes lowest = TLanes.Broadcast(range.Lowest - range.ZeroPoint);
        TLanes highest = TLanes.Broadcast(range.Highest - range.ZeroPoint);
        TLanes factors = TLanes.Broadcast(factor);
        for (int i = 0; i < columns; i += 16)
        {
            int count = Math.Min(16, columns - i);
            TLanes code = ActivationQuantizer.Round(LanesTail.LoadUpTo<TLanes>(ref row, i, count) * inverse, lowest, highest);
            LanesTail.StoreUpTo(code * factors, ref centered, i, count);
        }
    }

    /// <summary>Sums the gradient of a learned threshold over one row; <see cref="Quantization.LsqQuantizer.AlphaSlope"/> defines the slopes.</summary>
    /// <param name="values">The values before quantization.</param>
    /// <param name="centered">Their centered codes.</param>
    /// <param name="gradient">Gradients of the quantized values.</param>
    /// <param name="columns">How many.</param>
    /// <param name="threshold">The threshold.</param>
    /// <param name="masks">Whether gradients of values outside the range become 0, as for activations; those of weights pass.</param>
    /// <returns>The sum.</returns>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static float ThresholdGradient<TLanes>(
        ref float values, ref float centered, ref float gradient, int columns, in LearnedThreshold threshold, bool masks)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes alpha = TLanes.Broadcast(threshold.Alpha);
        TLanes share = TLanes.Broadcast(1f / threshold.Levels);
        TLanes upper = TLanes.Broadcast(threshold.Highest);
        TLanes zero = TLanes.Broadcast(0f);
        TLanes lower = TLanes.Broadcast(threshold.Lowest);
        TLanes sum = zero;
        for (int i = 0; i < columns; i += 16)
        {
            int count = Math.Min(16, columns - i);
            TLanes u = LanesTail.LoadUpTo<TLanes>(ref values, i, count) / alpha;
            TLanes g = LanesTail.LoadUpTo<TLanes>(ref gradient, i, count);
            TLanes slope = (LanesTail.LoadUpTo<TLanes>(ref centered, i, count) * share) - u;
            slope = TLanes.SelectGreater(u, upper, upper, TLanes.SelectGreater(lower, u, lower, slope));
            TLanes.Accumulate(ref sum, g, slope);
            if (masks)
            {
                LanesTail.StoreUpTo(TLanes.SelectGreater(u, upper, zero, TLanes.SelectGreater(lower, u, zero, g)), ref gradient, i, count);
            }
        }

        return TLanes.Sum(sum);
    }
}
