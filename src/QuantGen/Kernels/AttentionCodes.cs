using System.Runtime.CompilerServices;
using QuantGen.Lanes;

namespace QuantGen.Kernels;

/// <summary>
/// Brings the operands of quantized attention to centered codes of 16 bits, (code - zero point), as products of <see cref="ITileStep.IntegerPairs"/> take them.
/// </summary>
/// <remarks><see cref="ActivationParameters.Code"/> defines a code; probabilities are multiplied by the reciprocal of their sum on the way.</remarks>
internal static class AttentionCodes
{
    /// <summary>Quantizes some rows.</summary>
    /// <param name="values">The first row; <paramref name="codes"/> may be the same memory.</param>
    /// <param name="stride">Values from row to row.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="columns">Values of a row.</param>
    /// <param name="range">The mapping.</param>
    /// <param name="codes">Receives the centered codes.</param>
    /// <param name="padded">Codes from row to row; those from <paramref name="columns"/> on become 0.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows<TLanes>(ref float values, nint stride, int rows, int columns, ActivationParameters range, ref short codes, int padded)
        where TLanes : struct, ILanes<TLanes>
    {
        for (int i = 0; i < rows; i++)
        {
            Row<TLanes>(ref Unsafe.Add(ref values, i * stride), columns, 1f, range, ref Unsafe.Add(ref codes, i * (nint)padded), padded);
        }
    }

    /// <summary>Quantizes one row after multiplying it by a factor.</summary>
    /// <param name="row">The values; <paramref name="codes"/> may be the same memory.</param>
    /// <param name="columns">How many.</param>
    /// <param name="factor">What they are multiplied by first; 1 changes none.</param>
    /// <param name="range">The mapping.</param>
    /// <param name="codes">Receives the centered codes.</param>
    /// <param name="padded">Where they end; those from <paramref name="columns"/> on become 0.</param>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Row<TLanes>(ref float row, int columns, float factor, ActivationParameters range, ref short codes, int padded)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes factors = TLanes.Broadcast(factor);
        TLanes center = TLanes.Broadcast(range.Center);
        TLanes inverse = TLanes.Broadcast(range.Inverse);
        TLanes lowest = TLanes.Broadcast(range.Lowest - range.ZeroPoint);
        TLanes highest = TLanes.Broadcast(range.Highest - range.ZeroPoint);
        nuint whole = (nuint)columns & ~(nuint)15;
        nuint pairs = (nuint)columns & ~(nuint)31;
        for (nuint i = 0; i < pairs; i += 32)
        {
            TLanes first = Shifted(((TLanes.Load(ref row, i) * factors) - center) * inverse, lowest, highest);
            TLanes second = Shifted(((TLanes.Load(ref row, i + 16) * factors) - center) * inverse, lowest, highest);
            TLanes.StoreLowShorts(first, second, ref codes, i);
        }

        if (pairs < whole)
        {
            TLanes.StoreLowShorts(Shifted(((TLanes.Load(ref row, pairs) * factors) - center) * inverse, lowest, highest), ref codes, pairs);
        }

        if (whole < (nuint)columns)
        {
            TLanes last = LanesTail.Load<TLanes>(ref row, whole, columns & 15, 0f);
            LanesTail.StoreLowShorts(Shifted(((last * factors) - center) * inverse, lowest, highest), ref codes, whole, columns & 15);
        }

        for (int i = columns; i < padded; i++)
        {
            Unsafe.Add(ref codes, i) = 0;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Shifted<TLanes>(TLanes scaled, TLanes lowest, TLanes highest)
        where TLanes : struct, ILanes<TLanes> =>
        ActivationQuantizer.Cut(scaled, lowest, highest) + TLanes.Broadcast(ActivationQuantizer.CodeOffset);
}
