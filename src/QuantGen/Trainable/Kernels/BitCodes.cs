using System.Runtime.CompilerServices;
using QuantGen.Lanes;
using QuantGen.Quantization;

namespace QuantGen.Trainable.Kernels;

/// <summary>Activations of one bit as floats, for products whose float sums of integers are exact, and their gradients.</summary>
internal static class BitCodes
{
    /// <summary>Binarizes one row: -1 or 1 less the zero point, so that a code times <see cref="ElasticBinarizer.Step"/> is its value.</summary>
    /// <param name="row">The values.</param>
    /// <param name="columns">How many.</param>
    /// <param name="binarizer">The definition.</param>
    /// <param name="centered">Receives the codes.</param>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Quantize<TLanes>(ref float row, int columns, in ElasticBinarizer binarizer, ref float centered)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes threshold = TLanes.Broadcast(binarizer.Threshold);
        TLanes high = TLanes.Broadcast(1 - binarizer.ZeroPoint);
        TLanes low = TLanes.Broadcast(-1 - binarizer.ZeroPoint);
        for (int i = 0; i < columns; i += 16)
        {
            int count = Math.Min(16, columns - i);
            TLanes value = LanesTail.LoadUpTo<TLanes>(ref row, i, count);
            LanesTail.StoreUpTo(TLanes.SelectGreater(value, threshold, high, low), ref centered, i, count);
        }
    }

    /// <summary>Sums the gradients of scale and shift over one row, and clears gradients of values outside.</summary>
    /// <param name="values">The values before quantization.</param>
    /// <param name="centered">Their codes, as <see cref="Quantize"/> gave them.</param>
    /// <param name="gradient">Gradients of the quantized values; become those of the values.</param>
    /// <param name="columns">How many.</param>
    /// <param name="binarizer">The definition.</param>
    /// <returns>The two sums.</returns>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static (float Scale, float Shift) Gradient<TLanes>(
        ref float values, ref float centered, ref float gradient, int columns, in ElasticBinarizer binarizer)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes shift = TLanes.Broadcast(binarizer.Shift);
        TLanes scale = TLanes.Broadcast(binarizer.Scale);
        TLanes unit = TLanes.Broadcast(binarizer.Step / binarizer.Scale);
        TLanes lowest = TLanes.Broadcast(binarizer.Lowest);
        TLanes one = TLanes.Broadcast(1f);
        TLanes zero = TLanes.Broadcast(0f);
        TLanes scaleSum = zero;
        TLanes shiftSum = zero;
        for (int i = 0; i < columns; i += 16)
        {
            int count = Math.Min(16, columns - i);
            TLanes u = (LanesTail.LoadUpTo<TLanes>(ref values, i, count) - shift) / scale;
            TLanes g = LanesTail.LoadUpTo<TLanes>(ref gradient, i, count);
            TLanes code = LanesTail.LoadUpTo<TLanes>(ref centered, i, count) * unit;
            TLanes passes = TLanes.SelectGreater(u, one, zero, TLanes.SelectGreater(lowest, u, zero, g));
            TLanes slope = TLanes.SelectGreater(u, one, code, TLanes.SelectGreater(lowest, u, code, code - u));
            TLanes.Accumulate(ref scaleSum, g, slope);
            shiftSum = shiftSum - passes;
            LanesTail.StoreUpTo(passes, ref gradient, i, count);
        }

        return (TLanes.Sum(scaleSum), TLanes.Sum(shiftSum));
    }
}
