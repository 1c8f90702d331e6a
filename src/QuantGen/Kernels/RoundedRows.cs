using System.Runtime.CompilerServices;
using QuantGen.Lanes;

namespace QuantGen.Kernels;

/// <summary>Rounds values in place to those that codes of a stored range stand for (FullyQT).</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class RoundedRows
{
    /// <summary>Rounds rows without gaps.</summary>
    /// <param name="values">The first value.</param>
    /// <param name="count">How many values.</param>
    /// <param name="range">The range's scale and, behind it, its center.</param>
    /// <param name="bits">Bits of a code, 2 to 8.</param>
    public static void Run(ref float values, int count, ref float range, int bits)
    {
        ActivationParameters parameters = ActivationParameters.FromCenter(ref range, bits);
        if (LanesChoice.Use512)
        {
            Run<Lanes512>(ref values, count, parameters);
        }
        else if (LanesChoice.Use256)
        {
            Run<Lanes256>(ref values, count, parameters);
        }
        else if (LanesChoice.Use128)
        {
            Run<Lanes128>(ref values, count, parameters);
        }
        else
        {
            Run<LanesScalar>(ref values, count, parameters);
        }
    }

    /// <summary>Does the same on the given lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Run<TLanes>(ref float values, int count, ActivationParameters range)
        where TLanes : struct, ILanes<TLanes>
    {
        var rounding = new RoundingLanes<TLanes>(range);
        nuint whole = (nuint)count & ~(nuint)15;
        for (nuint i = 0; i < whole; i += 16)
        {
            TLanes.Store(rounding.Round(TLanes.Load(ref values, i)), ref values, i);
        }

        if ((count & 15) != 0)
        {
            LanesTail.Store(rounding.Round(LanesTail.Load<TLanes>(ref values, whole, count & 15, 0f)), ref values, whole, count & 15);
        }
    }
}
