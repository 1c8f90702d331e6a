using System.Diagnostics;
using System.Runtime.CompilerServices;
using QuantGen.Lanes;

namespace QuantGen.Kernels;

/// <summary>Quantizes activations to codes of at most 8 bits, a byte each, per token by their own range or all by a given one.</summary>
/// <remarks><see cref="Reference"/> with <see cref="ActivationParameters"/> is the definition.</remarks>
internal static class ActivationQuantizer
{
    // Up to this many columns the sum of centered codes, at most 255 each, is an integer below 2^23: exact in float lanes.
    private const int MaxColumns = 32768;

    // Four rows of 3,072 floats fill a first-level cache of 48 KB.
    private const int BlockRows = 4;

    /// <summary>1.5 * 2^23: adding it rounds to an integer, halves to even, and leaves that integer in the low bits.</summary>
    internal const float CodeOffset = 12582912f;

    /// <summary>Quantizes each row by its own minimum and maximum.</summary>
    /// <param name="input">The first value of the first row.</param>
    /// <param name="inputStride">Elements from one row of values to the next.</param>
    /// <param name="rows">How many rows (tokens) there are.</param>
    /// <param name="columns">Values in a row, 1 to 32,768.</param>
    /// <param name="codes">Receives the codes; those from <paramref name="columns"/> to the stride become 0.</param>
    /// <param name="codesStride">Bytes from one row of codes to the next, at least <paramref name="columns"/>.</param>
    /// <param name="scales">Receives one scale a row.</param>
    /// <param name="zeroPoints">Receives one zero point a row, in 0..255.</param>
    /// <param name="centeredSums">Receives the sum of (code - zero point) over each row's columns.</param>
    /// <param name="bits">Bits of a code, 2 to 8.</param>
    public static void QuantizePerToken(
        ref float input, nint inputStride, int rows, int columns, ref byte codes, nint codesStride,
        ref float scales, ref int zeroPoints, ref int centeredSums, int bits = 8)
    {
        if (LanesChoice.Use512)
        {
            RunPerToken<Lanes512>(ref input, inputStride, rows, columns, ref codes, codesStride, ref scales, ref zeroPoints, ref centeredSums, bits);
        }
        else if (LanesChoice.Use256)
        {
            RunPerToken<Lanes256>(ref input, inputStride, rows, columns, ref codes, codesStride, ref scales, ref zeroPoints, ref centeredSums, bits);
        }
        else if (LanesChoice.Use128)
        {
            RunPerToken<Lanes128>(ref input, inputStride, rows, columns, ref codes, codesStride, ref scales, ref zeroPoints, ref centeredSums, bits);
        }
        else
        {
            RunPerToken<LanesScalar>(ref input, inputStride, rows, columns, ref codes, codesStride, ref scales, ref zeroPoints, ref centeredSums, bits);
        }
    }

    /// <summary>Quantizes all rows by one given scale and zero point.</summary>
    /// <param name="input">The first value of the first row.</param>
    /// <param name="inputStride">Elements from one row of values to the next.</param>
    /// <param name="rows">How many rows (tokens) there are.</param>
    /// <param name="columns">Values in a row, 1 to 32,768.</param>
    /// <param name="scale">The scale; positive and finite, floored at 1e-8.</param>
    /// <param name="zeroPoint">The code of 0, in 0..255.</param>
    /// <param name="codes">Receives the codes; those from <paramref name="columns"/> to the stride become 0.</param>
    /// <param name="codesStride">Bytes from one row of codes to the next, at least <paramref name="columns"/>.</param>
    /// <param name="centeredSums">Receives the sum of (code - zero point) over each row's columns.</param>
    /// <param name="bits">Bits of a code, 2 to 8.</param>
    public static void QuantizeStatic(
        ref float input, nint inputStride, int rows, int columns, float scale, int zeroPoint,
        ref byte codes, nint codesStride, ref int centeredSums, int bits = 8)
    {
        Debug.Assert(zeroPoint >= 0 && zeroPoint < 1 << bits);
        ActivationParameters range = ActivationParameters.FromScale(scale, zeroPoint, bits);
        if (LanesChoice.Use512)
        {
            RunStatic<Lanes512, AroundZero>(ref input, inputStride, rows, columns, range, ref codes, codesStride, ref centeredSums);
        }
        else if (LanesChoice.Use256)
        {
            RunStatic<Lanes256, AroundZero>(ref input, inputStride, rows, columns, range, ref codes, codesStride, ref centeredSums);
        }
        else if (LanesChoice.Use128)
        {
            RunStatic<Lanes128, AroundZero>(ref input, inputStride, rows, columns, range, ref codes, codesStride, ref centeredSums);
        }
        else
        {
            RunStatic<LanesScalar, AroundZero>(ref input, inputStride, rows, columns, range, ref codes, codesStride, ref centeredSums);
        }
    }

    /// <summary>Quantizes all rows by one range as it is.</summary>
    /// <param name="input">The first value of the first row.</param>
    /// <param name="inputStride">Elements from one row of values to the next.</param>
    /// <param name="rows">How many rows (tokens) there are.</param>
    /// <param name="columns">Values in a row, 1 to 32,768.</param>
    /// <param name="range">The mapping, <see cref="ActivationParameters.FromCenter(float, float, int)"/>.</param>
    /// <param name="codes">Receives the codes; those from <paramref name="columns"/> to the stride become 0.</param>
    /// <param name="codesStride">Bytes from one row of codes to the next, at least <paramref name="columns"/>.</param>
    /// <param name="centeredSums">Receives the sum of (code - zero point) over each row's columns.</param>
    public static void QuantizeOffset(
        ref float input, nint inputStride, int rows, int columns, ActivationParameters range, ref byte codes, nint codesStride, ref int centeredSums)
    {
        if (LanesChoice.Use512)
        {
            RunStatic<Lanes512, Centered>(ref input, inputStride, rows, columns, range, ref codes, codesStride, ref centeredSums);
        }
        else if (LanesChoice.Use256)
        {
            RunStatic<Lanes256, Centered>(ref input, inputStride, rows, columns, range, ref codes, codesStride, ref centeredSums);
        }
        else if (LanesChoice.Use128)
        {
            RunStatic<Lanes128, Centered>(ref input, inputStride, rows, columns, range, ref codes, codesStride, ref centeredSums);
        }
        else
        {
            RunStatic<LanesScalar, Centered>(ref input, inputStride, rows, columns, range, ref codes, codesStride, ref centeredSums);
        }
    }

    /// <summary>Quantizes one token by its own range, by the book.</summary>
    /// <param name="input">The token's values. NaN takes no part in the range.</param>
    /// <param name="codes">Receives the codes; as many as there are values.</param>
    /// <param name="bits">Bits of a code, 2 to 8.</param>
    /// <returns>The scale and zero point used.</returns>
    public static ActivationParameters Reference(ReadOnlySpan<float> input, Span<byte> codes, int bits = 8)
    {
        float low = 0f;
        float high = 0f;
        foreach (float x in input)
        {
            low = x < low ? x : low;
            high = x > high ? x : high;
        }

        ActivationParameters range = ActivationParameters.FromMinMax(low, high, bits);
        for (int i = 0; i < input.Length; i++)
        {
            codes[i] = range.Code(input[i]);
        }

        return range;
    }

    /// <summary>Quantizes each row by its own range on the given lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void RunPerToken<TLanes>(
        ref float input, nint inputStride, int rows, int columns, ref byte codes, nint codesStride,
        ref float scales, ref int zeroPoints, ref int centeredSums, int bits = 8)
        where TLanes : struct, ILanes<TLanes>
    {
        Debug.Assert(columns is >= 1 and <= MaxColumns && codesStride >= columns);
        // A few rows are measured before they are quantized: the divisions of one row overlap with the loads of the next.
        for (int start = 0; start < rows; start += BlockRows)
        {
            int end = Math.Min(rows, start + BlockRows);
            for (int i = start; i < end; i++)
            {
                ActivationParameters range = Measure<TLanes>(ref Unsafe.Add(ref input, i * inputStride), columns, bits);
                Unsafe.Add(ref scales, i) = range.Scale;
                Unsafe.Add(ref zeroPoints, i) = range.ZeroPoint;
            }

            for (int i = start; i < end; i++)
            {
                float scale = Unsafe.Add(ref scales, i);
                var range = new ActivationParameters(scale, 1f / scale, Unsafe.Add(ref zeroPoints, i), 0, (1 << bits) - 1);
                ref byte rowCodes = ref Unsafe.Add(ref codes, i * codesStride);
                Unsafe.Add(ref centeredSums, i) =
                    Quantize<TLanes, AroundZero>(ref Unsafe.Add(ref input, i * inputStride), columns, range, ref rowCodes, codesStride);
            }
        }
    }

    /// <summary>Quantizes all rows by one range on the given lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void RunStatic<TLanes, TCenter>(
        ref float input, nint inputStride, int rows, int columns, ActivationParameters range,
        ref byte codes, nint codesStride, ref int centeredSums)
        where TLanes : struct, ILanes<TLanes>
        where TCenter : struct, ICenter
    {
        Debug.Assert(columns is >= 1 and <= MaxColumns && codesStride >= columns);
        for (int i = 0; i < rows; i++)
        {
            ref float row = ref Unsafe.Add(ref input, i * inputStride);
            Unsafe.Add(ref centeredSums, i) = Quantize<TLanes, TCenter>(ref row, columns, range, ref Unsafe.Add(ref codes, i * codesStride), codesStride);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    internal static ActivationParameters Measure<TLanes>(ref float row, int columns, int bits)
        where TLanes : struct, ILanes<TLanes>
    {
        // The operands' order makes Min and Max keep what they have when an element is NaN. Minimum and maximum depend on no order,
        // so a second pair of accumulators changes nothing but the length of the dependency chain.
        nuint whole = (nuint)columns & ~(nuint)15;
        nuint pairs = (nuint)columns & ~(nuint)31;
        TLanes low = TLanes.Broadcast(0f);
        TLanes high = low;
        TLanes lowOdd = low;
        TLanes highOdd = low;
        for (nuint i = 0; i < pairs; i += 32)
        {
            TLanes even = TLanes.Load(ref row, i);
            TLanes odd = TLanes.Load(ref row, i + 16);
            low = TLanes.Min(even, low);
            high = TLanes.Max(even, high);
            lowOdd = TLanes.Min(odd, lowOdd);
            highOdd = TLanes.Max(odd, highOdd);
        }

        low = TLanes.Min(lowOdd, low);
        high = TLanes.Max(highOdd, high);
        if (pairs < whole)
        {
            TLanes x = TLanes.Load(ref row, pairs);
            low = TLanes.Min(x, low);
            high = TLanes.Max(x, high);
        }

        if ((columns & 15) != 0)
        {
            TLanes x = LanesTail.Load<TLanes>(ref row, whole, columns & 15, 0f);
            low = TLanes.Min(x, low);
            high = TLanes.Max(x, high);
        }

        return ActivationParameters.FromMinMax(TLanes.MinFold(low), TLanes.MaxFold(high), bits);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static int Quantize<TLanes, TCenter>(ref float row, int columns, ActivationParameters range, ref byte codes, nint codesStride)
        where TLanes : struct, ILanes<TLanes>
        where TCenter : struct, ICenter
    {
        TLanes center = TLanes.Broadcast(range.Center);
        TLanes inverse = TLanes.Broadcast(range.Inverse);
        TLanes lowest = TLanes.Broadcast(range.Lowest - range.ZeroPoint);
        TLanes highest = TLanes.Broadcast(range.Highest - range.ZeroPoint);
        TLanes offset = TLanes.Broadcast(CodeOffset + range.ZeroPoint);
        TLanes total = TLanes.Broadcast(0f);
        TLanes totalOdd = total;
        nuint whole = (nuint)columns & ~(nuint)15;
        nuint pairs = (nuint)columns & ~(nuint)31;
        for (nuint i = 0; i < pairs; i += 32)
        {
            // Sums of integers below 2^23 are exact, so a second one changes nothing but the length of the dependency chain.
            TLanes even = Round(TCenter.Take(TLanes.Load(ref row, i), center) * inverse, lowest, highest);
            TLanes odd = Round(TCenter.Take(TLanes.Load(ref row, i + 16), center) * inverse, lowest, highest);
            total += even;
            totalOdd += odd;
            TLanes.StoreLowBytes(even + offset, ref codes, i);
            TLanes.StoreLowBytes(odd + offset, ref codes, i + 16);
        }

        total += totalOdd;
        if (pairs < whole)
        {
            TLanes centered = Round(TCenter.Take(TLanes.Load(ref row, pairs), center) * inverse, lowest, highest);
            total += centered;
            TLanes.StoreLowBytes(centered + offset, ref codes, pairs);
        }

        if (whole < (nuint)columns)
        {
            // The filled lanes are centered codes of 0 and change no sum.
            TLanes last = TCenter.Take(LanesTail.Load<TLanes>(ref row, whole, columns & 15, range.Center), center);
            TLanes centered = Round(last * inverse, lowest, highest);
            total += centered;
            LanesTail.StoreLowBytes(centered + offset, ref codes, whole, columns & 15);
        }

        int centeredSum = (int)TLanes.Sum(total);
        Unsafe.InitBlockUnaligned(ref Unsafe.Add(ref codes, columns), 0, (uint)(codesStride - columns));
        return centeredSum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLanes Round<TLanes>(TLanes scaled, TLanes lowest, TLanes highest)
        where TLanes : struct, ILanes<TLanes> =>
        TLanes.RoundToEven(Cut(scaled, lowest, highest));

    /// <summary>Brings values into the range of centered codes. The bounds are integers, so cutting before rounding equals cutting after it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLanes Cut<TLanes>(TLanes scaled, TLanes lowest, TLanes highest)
        where TLanes : struct, ILanes<TLanes> =>
        TLanes.Min(TLanes.Max(TLanes.NaNToZero(scaled), lowest), highest);

    /// <summary>What is taken from values before they are scaled; nothing costs nothing.</summary>
    internal interface ICenter
    {
        /// <summary>Takes the center from values.</summary>
        static abstract TLanes Take<TLanes>(TLanes values, TLanes center)
            where TLanes : struct, ILanes<TLanes>;
    }

    /// <summary>Ranges that hold 0, whose center is 0.</summary>
    internal readonly struct AroundZero : ICenter
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Take<TLanes>(TLanes values, TLanes center)
            where TLanes : struct, ILanes<TLanes> => values;
    }

    /// <summary>Ranges as they are.</summary>
    internal readonly struct Centered : ICenter
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Take<TLanes>(TLanes values, TLanes center)
            where TLanes : struct, ILanes<TLanes> => values - center;
    }
}
