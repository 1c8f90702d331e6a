using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace QuantGen.Kernels;

/// <summary>Softmax of rows, in place.</summary>
/// <remarks>
/// e^(x - max) is summed in 16 lanes and folded; every element is then multiplied by the rounded reciprocal of the sum (one division
/// a row, at most one more unit of rounding than dividing). Scores of minus infinity or NaN get weight 0; a row without any finite score
/// becomes all zeros.
/// </remarks>
public static class Softmax
{
    /// <summary>Normalizes each row.</summary>
    /// <param name="values">The first element of the first row.</param>
    /// <param name="stride">Elements from one row to the next.</param>
    /// <param name="rows">How many rows there are.</param>
    /// <param name="count">How many elements a row has, at least 1.</param>
    public static void Rows(ref float values, nint stride, int rows, int count)
    {
        Debug.Assert(rows >= 0 && count >= 1);
        if (LanesChoice.Use512)
        {
            Run<Lanes512>(ref values, stride, rows, count);
        }
        else if (LanesChoice.Use256)
        {
            Run<Lanes256>(ref values, stride, rows, count);
        }
        else if (LanesChoice.Use128)
        {
            Run<Lanes128>(ref values, stride, rows, count);
        }
        else
        {
            Run<LanesScalar>(ref values, stride, rows, count);
        }
    }

    /// <summary>Does the same on the given lanes.</summary>
    internal static void Run<TLanes>(ref float values, nint stride, int rows, int count)
        where TLanes : struct, ILanes<TLanes>
    {
        for (int i = 0; i < rows; i++)
        {
            Row<TLanes>(ref Unsafe.Add(ref values, i * stride), count);
        }
    }

    private static void Row<TLanes>(ref float row, int count)
        where TLanes : struct, ILanes<TLanes>
    {
        nuint whole = (nuint)count & ~(nuint)15;
        int rest = count & 15;

        // The operands' order makes Max keep the largest so far when an element is NaN.
        TLanes largest = TLanes.Broadcast(float.NegativeInfinity);
        for (nuint i = 0; i < whole; i += 16)
        {
            largest = TLanes.Max(TLanes.Load(ref row, i), largest);
        }

        TLanes last = default;
        if (rest != 0)
        {
            last = LanesTail.Load<TLanes>(ref row, whole, rest, float.NegativeInfinity);
            largest = TLanes.Max(last, largest);
        }

        TLanes max = TLanes.Broadcast(TLanes.MaxFold(largest));
        TLanes total = TLanes.Broadcast(0f);
        for (nuint i = 0; i < whole; i += 16)
        {
            TLanes power = Exponential.Compute(TLanes.Load(ref row, i) - max);
            TLanes.Store(power, ref row, i);
            total += power;
        }

        if (rest != 0)
        {
            // The filled lanes are 0 here and change no sum.
            last = Exponential.Compute(last - max);
            total += last;
        }

        float sum = TLanes.Sum(total);
        TLanes inverse = TLanes.Broadcast(sum > 0f ? 1f / sum : 0f);
        for (nuint i = 0; i < whole; i += 16)
        {
            TLanes.Store(TLanes.Load(ref row, i) * inverse, ref row, i);
        }

        if (rest != 0)
        {
            LanesTail.Store(last * inverse, ref row, whole, rest);
        }
    }
}
