using System.Runtime.CompilerServices;
using QuantGen.Lanes;
using QuantGen.Quantization;

namespace QuantGen.Kernels;

/// <summary>Functions of integers of <see cref="FixedPoint.ArgumentBits"/>, in place. Called by generated code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class FixedFunctions
{
    /// <summary>Computes <see cref="FixedGelu"/>, with results in its scale.</summary>
    /// <param name="values">The first number.</param>
    /// <param name="count">How many.</param>
    public static void Gelu(ref int values, int count)
    {
        int i = IntegersChoice.Use512 ? Gelu<Integers512>(ref values, count)
            : IntegersChoice.Use256 ? Gelu<Integers256>(ref values, count)
            : IntegersChoice.Use128 ? Gelu<Integers128>(ref values, count)
            : 0;
        for (; i < count; i++)
        {
            Unsafe.Add(ref values, i) = FixedGelu.Of(Unsafe.Add(ref values, i));
        }
    }

    /// <summary>Computes <see cref="FixedGelu"/>, by which GELU's other form is as near as the error function's.</summary>
    /// <param name="values">The first number.</param>
    /// <param name="count">How many.</param>
    public static void GeluNew(ref int values, int count) => Gelu(ref values, count);

    /// <summary>Computes <see cref="FixedRelu"/>.</summary>
    /// <param name="values">The first number.</param>
    /// <param name="count">How many.</param>
    public static void Relu(ref int values, int count)
    {
        int i = IntegersChoice.Use512 ? Relu<Integers512>(ref values, count)
            : IntegersChoice.Use256 ? Relu<Integers256>(ref values, count)
            : IntegersChoice.Use128 ? Relu<Integers128>(ref values, count)
            : 0;
        for (; i < count; i++)
        {
            Unsafe.Add(ref values, i) = FixedRelu.Of(Unsafe.Add(ref values, i));
        }
    }

    /// <summary>Computes <see cref="FixedTanh"/>, with results of <see cref="FixedPoint.StateBits"/>.</summary>
    /// <param name="values">The first number.</param>
    /// <param name="count">How many.</param>
    public static void Tanh(ref int values, int count)
    {
        // One row for each text: a division for each number is nothing beside the layers.
        for (int i = 0; i < count; i++)
        {
            Unsafe.Add(ref values, i) = FixedTanh.Of(Unsafe.Add(ref values, i));
        }
    }

    /// <summary>Computes GELU on the given lanes, as many numbers as fill vectors.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    internal static int Gelu<TLanes>(ref int values, int count)
        where TLanes : struct, IIntegerLanes<TLanes>
    {
        TLanes high = TLanes.Broadcast(FixedPoint.ArgumentLimit);
        TLanes low = TLanes.Broadcast(-FixedPoint.ArgumentLimit);
        TLanes end = TLanes.Broadcast(-FixedGelu.Shift);
        TLanes summand = TLanes.Broadcast(FixedGelu.Summand);
        TLanes one = TLanes.Broadcast(FixedGelu.One);
        int i = 0;
        for (; i + TLanes.Count <= count; i += TLanes.Count)
        {
            TLanes q = TLanes.Min(TLanes.Max(TLanes.Load(ref values, (nuint)i), low), high);
            TLanes magnitude = TLanes.Abs(q);
            TLanes t = TLanes.Min(magnitude, end) - end;
            TLanes erf = TLanes.ShiftRight((t * t) + summand, FixedGelu.ErfShift);
            TLanes.Store((magnitude * erf) + (q * one), ref values, (nuint)i);
        }

        return i;
    }

    /// <summary>Computes the rectifier on the given lanes, as many numbers as fill vectors.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    internal static int Relu<TLanes>(ref int values, int count)
        where TLanes : struct, IIntegerLanes<TLanes>
    {
        TLanes high = TLanes.Broadcast(FixedPoint.ArgumentLimit);
        TLanes low = TLanes.Broadcast(0);
        int i = 0;
        for (; i + TLanes.Count <= count; i += TLanes.Count)
        {
            TLanes.Store(TLanes.Min(TLanes.Max(TLanes.Load(ref values, (nuint)i), low), high), ref values, (nuint)i);
        }

        return i;
    }
}
