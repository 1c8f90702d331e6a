using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using QuantGen.Lanes;

namespace QuantGen.Quantization;

/// <summary>Sums and extremes of magnitudes. Sums of 1,024 values are made in sixteen lanes, and those are added in double: the same bits everywhere.</summary>
internal static class MagnitudeSums
{
    private const int Block = 1024;

    /// <summary>Sums the weighted magnitudes above a threshold, and their weights.</summary>
    /// <param name="values">The values.</param>
    /// <param name="weights">One per value; empty for 1.</param>
    /// <param name="threshold">The magnitude above which values count.</param>
    public static (double Sum, double Weight) Above(ReadOnlySpan<float> values, ReadOnlySpan<float> weights, float threshold)
    {
        double sum = 0;
        double weight = 0;
        for (int start = 0; start < values.Length; start += Block)
        {
            int count = Math.Min(Block, values.Length - start);
            ReadOnlySpan<float> own = weights.IsEmpty ? default : weights.Slice(start, count);
            (float partOfSum, float partOfWeight) = LanesChoice.Use512 ? Part<Lanes512>(values.Slice(start, count), own, threshold)
                : LanesChoice.Use256 ? Part<Lanes256>(values.Slice(start, count), own, threshold)
                : LanesChoice.Use128 ? Part<Lanes128>(values.Slice(start, count), own, threshold)
                : Part<LanesScalar>(values.Slice(start, count), own, threshold);
            sum += partOfSum;
            weight += partOfWeight;
        }

        return (sum, weight);
    }

    /// <summary>Returns the largest magnitude.</summary>
    /// <param name="values">The values.</param>
    public static float Largest(ReadOnlySpan<float> values)
    {
        float largest = 0f;
        for (int start = 0; start < values.Length; start += Block)
        {
            ReadOnlySpan<float> part = values.Slice(start, Math.Min(Block, values.Length - start));
            float found = LanesChoice.Use512 ? Largest<Lanes512>(part)
                : LanesChoice.Use256 ? Largest<Lanes256>(part)
                : LanesChoice.Use128 ? Largest<Lanes128>(part)
                : Largest<LanesScalar>(part);
            largest = found > largest ? found : largest;
        }

        return largest;
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static (float Sum, float Weight) Part<TLanes>(ReadOnlySpan<float> values, ReadOnlySpan<float> weights, float threshold)
        where TLanes : struct, ILanes<TLanes>
    {
        ref float from = ref MemoryMarshal.GetReference(values);
        ref float own = ref MemoryMarshal.GetReference(weights);
        TLanes zero = TLanes.Broadcast(0f);
        TLanes one = TLanes.Broadcast(1f);
        TLanes border = TLanes.Broadcast(threshold);
        TLanes sum = zero;
        TLanes weight = zero;
        for (int i = 0; i < values.Length; i += 16)
        {
            // Missing values have weight 0, so that it does not matter what they are.
            int count = Math.Min(16, values.Length - i);
            TLanes magnitude = TLanes.Abs(LanesTail.LoadUpTo<TLanes>(ref from, i, count));
            TLanes factor = !weights.IsEmpty ? LanesTail.LoadUpTo<TLanes>(ref own, i, count) : count == 16 ? one : LanesTail.Ones<TLanes>(count);
            factor = TLanes.SelectGreater(magnitude, border, factor, zero);
            TLanes.Accumulate(ref sum, magnitude, factor);
            weight += factor;
        }

        return (TLanes.Sum(sum), TLanes.Sum(weight));
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static float Largest<TLanes>(ReadOnlySpan<float> values)
        where TLanes : struct, ILanes<TLanes>
    {
        ref float from = ref MemoryMarshal.GetReference(values);
        TLanes largest = TLanes.Broadcast(0f);
        for (int i = 0; i < values.Length; i += 16)
        {
            largest = TLanes.Max(TLanes.Abs(LanesTail.LoadUpTo<TLanes>(ref from, i, Math.Min(16, values.Length - i))), largest);
        }

        return TLanes.MaxFold(largest);
    }
}
