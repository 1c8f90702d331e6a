using System.Runtime.CompilerServices;
using QuantGen.Lanes;

namespace QuantGen.Kernels;

/// <summary>Rounds values in place to those that codes of a stored range stand for, a range for each column (FullyQT).</summary>
internal static class RoundedRows
{
    /// <summary>Rounds rows without gaps.</summary>
    /// <param name="values">The first row's first value.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="columns">Values of a row.</param>
    /// <param name="ranges">The scales of all columns, then their centers.</param>
    /// <param name="bits">Bits of a code, 2 to 8.</param>
    public static void Run(ref float values, int rows, int columns, ref float ranges, int bits)
    {
        if (LanesChoice.Use512)
        {
            Run<Lanes512>(ref values, rows, columns, ref ranges, bits);
        }
        else if (LanesChoice.Use256)
        {
            Run<Lanes256>(ref values, rows, columns, ref ranges, bits);
        }
        else if (LanesChoice.Use128)
        {
            Run<Lanes128>(ref values, rows, columns, ref ranges, bits);
        }
        else
        {
            Run<LanesScalar>(ref values, rows, columns, ref ranges, bits);
        }
    }

    /// <summary>Does the same on the given lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Run<TLanes>(ref float values, int rows, int columns, ref float ranges, int bits)
        where TLanes : struct, ILanes<TLanes>
    {
        var rounding = new FeatureRounding<TLanes>(ref ranges, columns, bits);
        for (int row = 0; row < rows; row++)
        {
            ref float first = ref Unsafe.Add(ref values, (nint)row * columns);
            for (int i = 0; i < columns; i += 16)
            {
                int width = Math.Min(16, columns - i);
                LanesTail.StoreUpTo(rounding.Round(LanesTail.LoadUpTo<TLanes>(ref first, i, width), i, width), ref first, i, width);
            }
        }
    }
}
