using System.Diagnostics;
using System.Runtime.CompilerServices;
using QuantGen.Lanes;

namespace QuantGen.Kernels;

/// <summary>A small full-precision linear layer, <c>y = x W^T + bias</c>: poolers and heads.</summary>
/// <remarks>Each output is 16 lanes of fused steps over the columns in order, the fold, plus the bias.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Dense
{
    /// <summary>Applies the layer to each row.</summary>
    /// <param name="input">The first value of the first row.</param>
    /// <param name="inputStride">Elements from one input row to the next.</param>
    /// <param name="rows">How many rows there are.</param>
    /// <param name="weights">The weights, one output's row after the other, without padding.</param>
    /// <param name="bias">One summand for each output.</param>
    /// <param name="columns">Inputs of the layer, at least 1.</param>
    /// <param name="outputs">Outputs of the layer.</param>
    /// <param name="output">Receives the results; must not overlap the input.</param>
    /// <param name="outputStride">Elements from one output row to the next.</param>
    public static void Apply(
        ref float input, nint inputStride, int rows, ref float weights, ref float bias, int columns, int outputs,
        ref float output, nint outputStride)
    {
        if (LanesChoice.Use512)
        {
            Run<Lanes512>(ref input, inputStride, rows, ref weights, ref bias, columns, outputs, ref output, outputStride);
        }
        else if (LanesChoice.Use256)
        {
            Run<Lanes256>(ref input, inputStride, rows, ref weights, ref bias, columns, outputs, ref output, outputStride);
        }
        else if (LanesChoice.Use128)
        {
            Run<Lanes128>(ref input, inputStride, rows, ref weights, ref bias, columns, outputs, ref output, outputStride);
        }
        else
        {
            Run<LanesScalar>(ref input, inputStride, rows, ref weights, ref bias, columns, outputs, ref output, outputStride);
        }
    }

    /// <summary>Does the same on the given lanes.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    internal static void Run<TLanes>(
        ref float input, nint inputStride, int rows, ref float weights, ref float bias, int columns, int outputs,
        ref float output, nint outputStride)
        where TLanes : struct, ILanes<TLanes>
    {
        Debug.Assert(columns >= 1 && outputs >= 0);
        for (int i = 0; i < rows; i++)
        {
            ref float x = ref Unsafe.Add(ref input, i * inputStride);
            ref float y = ref Unsafe.Add(ref output, i * outputStride);
            int n = 0;
            for (; n + 4 <= outputs; n += 4)
            {
                Four<TLanes>(ref x, ref Unsafe.Add(ref weights, n * (nint)columns), ref Unsafe.Add(ref bias, n), columns, ref Unsafe.Add(ref y, n));
            }

            for (; n < outputs; n++)
            {
                Unsafe.Add(ref y, n) = One<TLanes>(ref x, ref Unsafe.Add(ref weights, n * (nint)columns), columns) + Unsafe.Add(ref bias, n);
            }
        }
    }

    // Four outputs at a time keep four independent chains of fused steps in flight.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Four<TLanes>(ref float x, ref float weights, ref float bias, int columns, ref float y)
        where TLanes : struct, ILanes<TLanes>
    {
        ref float weights1 = ref Unsafe.Add(ref weights, columns);
        ref float weights2 = ref Unsafe.Add(ref weights1, columns);
        ref float weights3 = ref Unsafe.Add(ref weights2, columns);
        TLanes sum0 = TLanes.Broadcast(0f);
        TLanes sum1 = sum0;
        TLanes sum2 = sum0;
        TLanes sum3 = sum0;
        nuint whole = (nuint)columns & ~(nuint)15;
        for (nuint i = 0; i < whole; i += 16)
        {
            TLanes values = TLanes.Load(ref x, i);
            TLanes.Accumulate(ref sum0, values, TLanes.Load(ref weights, i));
            TLanes.Accumulate(ref sum1, values, TLanes.Load(ref weights1, i));
            TLanes.Accumulate(ref sum2, values, TLanes.Load(ref weights2, i));
            TLanes.Accumulate(ref sum3, values, TLanes.Load(ref weights3, i));
        }

        int rest = columns & 15;
        if (rest != 0)
        {
            TLanes values = LanesTail.Load<TLanes>(ref x, whole, rest, 0f);
            TLanes.Accumulate(ref sum0, values, LanesTail.Load<TLanes>(ref weights, whole, rest, 0f));
            TLanes.Accumulate(ref sum1, values, LanesTail.Load<TLanes>(ref weights1, whole, rest, 0f));
            TLanes.Accumulate(ref sum2, values, LanesTail.Load<TLanes>(ref weights2, whole, rest, 0f));
            TLanes.Accumulate(ref sum3, values, LanesTail.Load<TLanes>(ref weights3, whole, rest, 0f));
        }

        y = TLanes.Sum(sum0) + bias;
        Unsafe.Add(ref y, 1) = TLanes.Sum(sum1) + Unsafe.Add(ref bias, 1);
        Unsafe.Add(ref y, 2) = TLanes.Sum(sum2) + Unsafe.Add(ref bias, 2);
        Unsafe.Add(ref y, 3) = TLanes.Sum(sum3) + Unsafe.Add(ref bias, 3);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float One<TLanes>(ref float x, ref float weights, int columns)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes sum = TLanes.Broadcast(0f);
        nuint whole = (nuint)columns & ~(nuint)15;
        for (nuint i = 0; i < whole; i += 16)
        {
            TLanes.Accumulate(ref sum, TLanes.Load(ref x, i), TLanes.Load(ref weights, i));
        }

        int rest = columns & 15;
        if (rest != 0)
        {
            TLanes values = LanesTail.Load<TLanes>(ref x, whole, rest, 0f);
            TLanes.Accumulate(ref sum, values, LanesTail.Load<TLanes>(ref weights, whole, rest, 0f));
        }

        return TLanes.Sum(sum);
    }
}
