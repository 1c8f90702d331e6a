using System.Diagnostics;
using System.Runtime.CompilerServices;
using QuantGen.Lanes;
using QuantGen.Quantization;

namespace QuantGen.Kernels;

/// <summary>
/// Packs activations into planes of one bit, as <see cref="ElasticBinarizer"/> defines their codes: value i of a row is bit i mod 8 of byte i / 8.
/// </summary>
internal static class ActivationPlanes
{
    /// <summary>Packs rows by one given scale and shift.</summary>
    /// <param name="input">The first value of the first row.</param>
    /// <param name="inputStride">Elements from one row of values to the next.</param>
    /// <param name="rows">How many rows (tokens) there are.</param>
    /// <param name="columns">Values in a row, at least 1.</param>
    /// <param name="scale">The scale.</param>
    /// <param name="shift">The shift.</param>
    /// <param name="isSigned">Whether values are -scale and +scale rather than 0 and scale.</param>
    /// <param name="planes">Receives the bits; those from <paramref name="columns"/> to the stride become 0.</param>
    /// <param name="stride">Bytes from one row of bits to the next, a multiple of 2.</param>
    /// <param name="scales">Receives <see cref="ElasticBinarizer.Step"/> once a row.</param>
    /// <param name="zeroPoints">Receives <see cref="ElasticBinarizer.ZeroPoint"/> once a row.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Pack(
        ref float input, nint inputStride, int rows, int columns, float scale, float shift, bool isSigned, ref byte planes, nint stride,
        ref float scales, ref int zeroPoints)
    {
        var binarizer = new ElasticBinarizer(scale, shift, isSigned);
        for (int i = 0; i < rows; i++)
        {
            Unsafe.Add(ref scales, i) = binarizer.Step;
            Unsafe.Add(ref zeroPoints, i) = binarizer.ZeroPoint;
        }

        if (LanesChoice.Use512)
        {
            Run<Lanes512>(ref input, inputStride, rows, columns, binarizer.Threshold, ref planes, stride);
        }
        else if (LanesChoice.Use256)
        {
            Run<Lanes256>(ref input, inputStride, rows, columns, binarizer.Threshold, ref planes, stride);
        }
        else if (LanesChoice.Use128)
        {
            Run<Lanes128>(ref input, inputStride, rows, columns, binarizer.Threshold, ref planes, stride);
        }
        else
        {
            Run<LanesScalar>(ref input, inputStride, rows, columns, binarizer.Threshold, ref planes, stride);
        }
    }

    /// <summary>Packs rows on the given lanes: a bit is 1 where a value is greater than the threshold.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    internal static void Run<TLanes>(ref float input, nint inputStride, int rows, int columns, float threshold, ref byte planes, nint stride)
        where TLanes : struct, ILanes<TLanes>
    {
        Debug.Assert(columns >= 1 && stride % 2 == 0 && stride * 8 >= columns);
        TLanes border = TLanes.Broadcast(threshold);
        int whole = columns & ~15;
        for (int row = 0; row < rows; row++)
        {
            ref float values = ref Unsafe.Add(ref input, row * inputStride);
            ref byte bits = ref Unsafe.Add(ref planes, row * stride);
            for (int i = 0; i < whole; i += 16)
            {
                Unsafe.WriteUnaligned(ref Unsafe.Add(ref bits, i / 8), TLanes.GreaterBits(TLanes.Load(ref values, (nuint)i), border));
            }

            int end = whole / 8;
            if (whole < columns)
            {
                // No value is greater than itself.
                TLanes last = LanesTail.Load<TLanes>(ref values, (nuint)whole, columns & 15, threshold);
                Unsafe.WriteUnaligned(ref Unsafe.Add(ref bits, end), TLanes.GreaterBits(last, border));
                end += 2;
            }

            Unsafe.InitBlockUnaligned(ref Unsafe.Add(ref bits, end), 0, (uint)(stride - end));
        }
    }
}
