using System.Diagnostics;
using System.Runtime.CompilerServices;
using QuantGen.Lanes;

namespace QuantGen.Kernels;

/// <summary>Softmax of rows, in place.</summary>
/// <remarks>
/// e^(x - max) is summed in 16 lanes and folded; every element is then multiplied by the rounded reciprocal of the sum (one division
/// a row, at most one more unit of rounding than dividing). Scores of minus infinity or NaN get weight 0; a row without any finite score
/// becomes all zeros. Here and in all that stands between a pass and its innermost loops methods are compiled fully at once: a pass of a busy or young process
/// would else run their first form for seconds, which cost a third of attention's time.
/// </remarks>
internal static class Softmax
{
    // As many as a set of lanes has places for.
    private const int BlockRows = 16;

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
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Run<TLanes>(ref float values, nint stride, int rows, int count)
        where TLanes : struct, ILanes<TLanes>
    {
        for (int start = 0; start < rows; start += BlockRows)
        {
            ref float block = ref Unsafe.Add(ref values, start * stride);
            int height = Math.Min(BlockRows, rows - start);
            LanesScalar factors = Factors<TLanes>(ref block, stride, height, count);
            for (int i = 0; i < height; i++)
            {
                Multiply<TLanes>(ref Unsafe.Add(ref block, i * stride), count, factors[i]);
            }
        }
    }

    /// <summary>Replaces the elements of up to 16 rows by e^(x - max) and leaves the last step, one multiplication each, to the caller.</summary>
    /// <returns>Each row's factor.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static LanesScalar Factors<TLanes>(ref float values, nint stride, int rows, int count)
        where TLanes : struct, ILanes<TLanes>
    {
        Debug.Assert(rows <= BlockRows);

        // One step for many rows, then the next step: the folds of one row overlap with the work of its neighbours.
        LanesScalar perRow = default;
        for (int i = 0; i < rows; i++)
        {
            perRow[i] = Largest<TLanes>(ref Unsafe.Add(ref values, i * stride), count);
        }

        for (int i = 0; i < rows; i++)
        {
            float sum = Powers<TLanes>(ref Unsafe.Add(ref values, i * stride), count, perRow[i]);
            perRow[i] = sum > 0f ? 1f / sum : 0f;
        }

        return perRow;
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static float Largest<TLanes>(ref float row, int count)
        where TLanes : struct, ILanes<TLanes>
    {
        // The operands' order makes Max keep the largest so far when an element is NaN.
        nuint whole = (nuint)count & ~(nuint)15;
        TLanes largest = TLanes.Broadcast(float.NegativeInfinity);
        for (nuint i = 0; i < whole; i += 16)
        {
            largest = TLanes.Max(TLanes.Load(ref row, i), largest);
        }

        if ((count & 15) != 0)
        {
            largest = TLanes.Max(LanesTail.Load<TLanes>(ref row, whole, count & 15, float.NegativeInfinity), largest);
        }

        return TLanes.MaxFold(largest);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static float Powers<TLanes>(ref float row, int count, float largest)
        where TLanes : struct, ILanes<TLanes>
    {
        nuint whole = (nuint)count & ~(nuint)15;
        TLanes max = TLanes.Broadcast(largest);
        TLanes total = TLanes.Broadcast(0f);
        for (nuint i = 0; i < whole; i += 16)
        {
            TLanes power = Exponential.Compute(TLanes.Load(ref row, i) - max);
            TLanes.Store(power, ref row, i);
            total += power;
        }

        if ((count & 15) != 0)
        {
            // The filled lanes become 0 and change no sum.
            TLanes power = Exponential.Compute(LanesTail.Load<TLanes>(ref row, whole, count & 15, float.NegativeInfinity) - max);
            LanesTail.Store(power, ref row, whole, count & 15);
            total += power;
        }

        return TLanes.Sum(total);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Multiply<TLanes>(ref float row, int count, float factor)
        where TLanes : struct, ILanes<TLanes>
    {
        nuint whole = (nuint)count & ~(nuint)15;
        TLanes factors = TLanes.Broadcast(factor);
        for (nuint i = 0; i < whole; i += 16)
        {
            TLanes.Store(TLanes.Load(ref row, i) * factors, ref row, i);
        }

        for (int i = (int)whole; i < count; i++)
        {
            Unsafe.Add(ref row, i) *= factor;
        }
    }
}
