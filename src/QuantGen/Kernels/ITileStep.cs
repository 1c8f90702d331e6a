using System.Runtime.CompilerServices;
using QuantGen.Lanes;

namespace QuantGen.Kernels;

/// <summary>What <see cref="TileProduct"/> does with two elements, and with a finished sum.</summary>
internal interface ITileStep
{
    /// <summary>Adds a product to a sum.</summary>
    static abstract void Accumulate<TLanes>(ref TLanes sum, TLanes a, TLanes b)
        where TLanes : struct, ILanes<TLanes>;

    /// <summary>Makes a result of a sum.</summary>
    static abstract TLanes Finish<TLanes>(TLanes sum, TLanes factor)
        where TLanes : struct, ILanes<TLanes>;

    /// <summary>Floats: one chain of fused steps.</summary>
    internal readonly struct Floats : ITileStep
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Accumulate<TLanes>(ref TLanes sum, TLanes a, TLanes b)
            where TLanes : struct, ILanes<TLanes> => TLanes.Accumulate(ref sum, a, b);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Finish<TLanes>(TLanes sum, TLanes factor)
            where TLanes : struct, ILanes<TLanes> => sum * factor;
    }

    /// <summary>Pairs of 16-bit integers in the bits of a float: exact sums in 32 bits.</summary>
    internal readonly struct IntegerPairs : ITileStep
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Accumulate<TLanes>(ref TLanes sum, TLanes a, TLanes b)
            where TLanes : struct, ILanes<TLanes> => TLanes.AccumulatePairs(ref sum, a, b);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Finish<TLanes>(TLanes sum, TLanes factor)
            where TLanes : struct, ILanes<TLanes> => TLanes.FromIntegers(sum) * factor;
    }

    /// <summary>The same, whose sums are the results.</summary>
    internal readonly struct IntegerSums : ITileStep
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Accumulate<TLanes>(ref TLanes sum, TLanes a, TLanes b)
            where TLanes : struct, ILanes<TLanes> => TLanes.AccumulatePairs(ref sum, a, b);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Finish<TLanes>(TLanes sum, TLanes factor)
            where TLanes : struct, ILanes<TLanes> => sum;
    }
}
