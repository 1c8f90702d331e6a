using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using QuantGen.Lanes;

namespace QuantGen.Vectors;

/// <summary>Products of a query with rows, over sixteen lanes and in one order, so that a search finds the same on every processor.</summary>
/// <remarks>The sums of <c>TensorPrimitives</c> are ordered by the width of the processor's registers, and equal vectors would get unequal scores.</remarks>
internal static class Dots
{
    /// <summary>The elements of rows and queries are padded by zeros to a multiple of this.</summary>
    public const int Block = 16;

    // Four sums hide how long one addition takes.
    private const int Sums = 4;

    /// <summary>Multiplies a query with a row of floats.</summary>
    public static float OfFloats(ReadOnlySpan<float> query, ReadOnlySpan<float> row) =>
        LanesChoice.Use512 ? OfFloats<Lanes512>(query, row)
        : LanesChoice.Use256 ? OfFloats<Lanes256>(query, row)
        : LanesChoice.Use128 ? OfFloats<Lanes128>(query, row)
        : OfFloats<LanesScalar>(query, row);

    /// <summary>Multiplies a query with a row of codes.</summary>
    public static float OfCodes(ReadOnlySpan<float> query, ReadOnlySpan<sbyte> row) =>
        LanesChoice.Use512 ? OfCodes<Lanes512>(query, row)
        : LanesChoice.Use256 ? OfCodes<Lanes256>(query, row)
        : LanesChoice.Use128 ? OfCodes<Lanes128>(query, row)
        : OfCodes<LanesScalar>(query, row);

    /// <summary>As <see cref="OfFloats(ReadOnlySpan{float}, ReadOnlySpan{float})"/>, on given lanes.</summary>
    public static float OfFloats<TLanes>(ReadOnlySpan<float> query, ReadOnlySpan<float> row)
        where TLanes : struct, ILanes<TLanes>
    {
        ref float q = ref MemoryMarshal.GetReference(query);
        ref float r = ref MemoryMarshal.GetReference(row);
        (TLanes a, TLanes b, TLanes c, TLanes d) = (TLanes.Broadcast(0), TLanes.Broadcast(0), TLanes.Broadcast(0), TLanes.Broadcast(0));
        nuint i = 0;
        for (; i + (Sums * Block) <= (nuint)query.Length; i += Sums * Block)
        {
            TLanes.Accumulate(ref a, TLanes.Load(ref q, i), TLanes.Load(ref r, i));
            TLanes.Accumulate(ref b, TLanes.Load(ref q, i + Block), TLanes.Load(ref r, i + Block));
            TLanes.Accumulate(ref c, TLanes.Load(ref q, i + (2 * Block)), TLanes.Load(ref r, i + (2 * Block)));
            TLanes.Accumulate(ref d, TLanes.Load(ref q, i + (3 * Block)), TLanes.Load(ref r, i + (3 * Block)));
        }

        for (; i < (nuint)query.Length; i += Block)
        {
            TLanes.Accumulate(ref a, TLanes.Load(ref q, i), TLanes.Load(ref r, i));
        }

        return TLanes.Sum(a + b + (c + d));
    }

    // The loop stands here once more: with a generic row the compiler leaves the conversion of codes a call, and 256-bit lanes take five times as long.
    /// <summary>As <see cref="OfCodes(ReadOnlySpan{float}, ReadOnlySpan{sbyte})"/>, on given lanes.</summary>
    public static float OfCodes<TLanes>(ReadOnlySpan<float> query, ReadOnlySpan<sbyte> row)
        where TLanes : struct, ILanes<TLanes>
    {
        ref float q = ref MemoryMarshal.GetReference(query);
        ref sbyte r = ref MemoryMarshal.GetReference(row);
        (TLanes a, TLanes b, TLanes c, TLanes d) = (TLanes.Broadcast(0), TLanes.Broadcast(0), TLanes.Broadcast(0), TLanes.Broadcast(0));
        nuint i = 0;
        for (; i + (Sums * Block) <= (nuint)query.Length; i += Sums * Block)
        {
            TLanes.Accumulate(ref a, TLanes.Load(ref q, i), Codes<TLanes>(ref r, i));
            TLanes.Accumulate(ref b, TLanes.Load(ref q, i + Block), Codes<TLanes>(ref r, i + Block));
            TLanes.Accumulate(ref c, TLanes.Load(ref q, i + (2 * Block)), Codes<TLanes>(ref r, i + (2 * Block)));
            TLanes.Accumulate(ref d, TLanes.Load(ref q, i + (3 * Block)), Codes<TLanes>(ref r, i + (3 * Block)));
        }

        for (; i < (nuint)query.Length; i += Block)
        {
            TLanes.Accumulate(ref a, TLanes.Load(ref q, i), Codes<TLanes>(ref r, i));
        }

        return TLanes.Sum(a + b + (c + d));
    }

    /// <summary>Rounds a number of elements up to whole blocks.</summary>
    public static int Padded(int dimensions) => (dimensions + Block - 1) / Block * Block;

    // Lanes know unsigned bytes: with its highest bit turned a code is 128 more than it was.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Codes<TLanes>(ref sbyte row, nuint offset)
        where TLanes : struct, ILanes<TLanes> =>
        TLanes.FromBytes(Vector128.LoadUnsafe(ref Unsafe.As<sbyte, byte>(ref row), offset) ^ Vector128.Create((byte)0x80)) - TLanes.Broadcast(128);
}
