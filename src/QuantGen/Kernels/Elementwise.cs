using System.Diagnostics;
using System.Runtime.CompilerServices;
using QuantGen.Lanes;

namespace QuantGen.Kernels;

/// <summary>Applies a lane function to a run of floats, in place or from one run to another.</summary>
internal static class Elementwise
{
    /// <summary>Replaces each of <paramref name="count"/> values by its image, on the lanes this process runs on.</summary>
    public static void Apply<TFunction>(ref float values, int count)
        where TFunction : struct, ILaneFunction => Apply<TFunction>(ref values, ref values, count);

    /// <summary>Writes the images of <paramref name="count"/> values to a target, which may be the values themselves but not a part of them.</summary>
    public static void Apply<TFunction>(ref float values, ref float target, int count)
        where TFunction : struct, ILaneFunction
    {
        Debug.Assert(count >= 0);
        if (LanesChoice.Use512)
        {
            Run<TFunction, Lanes512>(ref values, ref target, count);
        }
        else if (LanesChoice.Use256)
        {
            Run<TFunction, Lanes256>(ref values, ref target, count);
        }
        else if (LanesChoice.Use128)
        {
            Run<TFunction, Lanes128>(ref values, ref target, count);
        }
        else
        {
            Run<TFunction, LanesScalar>(ref values, ref target, count);
        }
    }

    /// <summary>Does the same on the given lanes.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    internal static void Run<TFunction, TLanes>(ref float values, ref float target, int count)
        where TFunction : struct, ILaneFunction
        where TLanes : struct, ILanes<TLanes>
    {
        int whole = count & ~15;
        for (nuint i = 0; i < (nuint)whole; i += 16)
        {
            TLanes.Store(TFunction.Compute(TLanes.Load(ref values, i)), ref target, i);
        }

        if (whole < count)
        {
            TLanes last = LanesTail.Load<TLanes>(ref values, (nuint)whole, count - whole, 0f);
            LanesTail.Store(TFunction.Compute(last), ref target, (nuint)whole, count - whole);
        }
    }
}
