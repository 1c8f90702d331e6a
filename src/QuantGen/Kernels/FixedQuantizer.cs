using System.Runtime.CompilerServices;
using QuantGen.Lanes;
using QuantGen.Quantization;

namespace QuantGen.Kernels;

/// <summary>Brings rows of integers to the codes of a linear layer's inputs (<see cref="FixedCodes"/>), or to operands of attention.</summary>
internal static class FixedQuantizer
{
    /// <summary>Makes codes of rows.</summary>
    /// <param name="input">The first number of the first row.</param>
    /// <param name="inputStride">Numbers from row to row.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="columns">Numbers of a row.</param>
    /// <param name="constants">The mapping.</param>
    /// <param name="codes">Receives the codes; those from <paramref name="columns"/> to the stride become 0.</param>
    /// <param name="codesStride">Bytes from row to row.</param>
    /// <param name="centeredSums">Receives the sum of (code - zero point) of each row.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows(
        ref int input, nint inputStride, int rows, int columns, in FixedCodes constants, ref byte codes, nint codesStride, ref int centeredSums)
    {
        for (int row = 0; row < rows; row++)
        {
            ref int numbers = ref Unsafe.Add(ref input, row * inputStride);
            ref byte target = ref Unsafe.Add(ref codes, row * codesStride);
            (int i, int sum) = IntegersChoice.Use512 ? Row<Integers512>(ref numbers, columns, constants, ref target)
                : IntegersChoice.Use256 ? Row<Integers256>(ref numbers, columns, constants, ref target)
                : IntegersChoice.Use128 ? Row<Integers128>(ref numbers, columns, constants, ref target)
                : (0, 0);
            for (; i < columns; i++)
            {
                int centered = constants.Centered(Unsafe.Add(ref numbers, i));
                sum += centered;
                Unsafe.Add(ref target, i) = (byte)(centered + constants.ZeroPoint);
            }

            Unsafe.Add(ref centeredSums, row) = sum;
            Unsafe.InitBlockUnaligned(ref Unsafe.Add(ref target, columns), 0, (uint)(codesStride - columns));
        }
    }

    /// <summary>Cuts a row to operands of attention (<see cref="FixedPoint.Operand"/>).</summary>
    /// <param name="row">The numbers.</param>
    /// <param name="columns">How many.</param>
    /// <param name="codes">Receives them.</param>
    /// <param name="padded">Where they end; those from <paramref name="columns"/> on become 0.</param>
    public static void Operands(ref int row, int columns, ref short codes, int padded)
    {
        int i = IntegersChoice.Use512 ? Operands<Integers512>(ref row, columns, ref codes)
            : IntegersChoice.Use256 ? Operands<Integers256>(ref row, columns, ref codes)
            : IntegersChoice.Use128 ? Operands<Integers128>(ref row, columns, ref codes)
            : 0;
        for (; i < columns; i++)
        {
            Unsafe.Add(ref codes, i) = (short)FixedPoint.Operand(Unsafe.Add(ref row, i));
        }

        for (; i < padded; i++)
        {
            Unsafe.Add(ref codes, i) = 0;
        }
    }

    /// <summary>Makes codes on the given lanes, as many as fill vectors.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    internal static (int Done, int Sum) Row<TLanes>(ref int numbers, int columns, in FixedCodes constants, ref byte codes)
        where TLanes : struct, IIntegerLanes<TLanes>
    {
        TLanes limit = TLanes.Broadcast(constants.Limit);
        TLanes negative = TLanes.Broadcast(-constants.Limit);
        TLanes low = TLanes.Broadcast(constants.Low);
        TLanes high = TLanes.Broadcast(constants.High);
        TLanes zeroPoint = TLanes.Broadcast(constants.ZeroPoint);
        TLanes multiplier = TLanes.Broadcast(constants.Multiplier);
        TLanes sum = TLanes.Broadcast(0);
        int shift = constants.Shift;
        long half = FixedPoint.Half(shift);
        int i = 0;
        for (; i + TLanes.Count <= columns; i += TLanes.Count)
        {
            TLanes x = TLanes.Min(TLanes.Max(TLanes.Load(ref numbers, (nuint)i), negative), limit);
            TLanes centered = TLanes.Min(TLanes.Max(TLanes.Scale(x, multiplier, half, shift), low), high);
            sum += centered;
            TLanes.StoreBytes(centered + zeroPoint, ref codes, (nuint)i);
        }

        return (i, (int)TLanes.Sum(sum));
    }

    /// <summary>Cuts operands on the given lanes, as many as fill vectors.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    internal static int Operands<TLanes>(ref int row, int columns, ref short codes)
        where TLanes : struct, IIntegerLanes<TLanes>
    {
        TLanes high = TLanes.Broadcast(FixedPoint.OperandLimit);
        TLanes low = TLanes.Broadcast(-FixedPoint.OperandLimit);
        int i = 0;
        for (; i + TLanes.Count <= columns; i += TLanes.Count)
        {
            TLanes.StoreShorts(TLanes.Min(TLanes.Max(TLanes.Load(ref row, (nuint)i), low), high), ref codes, (nuint)i);
        }

        return i;
    }
}
