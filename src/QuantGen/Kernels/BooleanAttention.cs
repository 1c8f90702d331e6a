using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using QuantGen.Lanes;

namespace QuantGen.Kernels;

/// <summary>Attention of one head over one sequence by signs (Bi-Attention; Qin et al., BiBERT, 2022, equations 5 to 7), without a mask.</summary>
/// <remarks>
/// Queries, keys and values count as their signs, plus for zero. A query attends to the keys whose product with it is 0 or more, and a context element is the
/// sum of their values. Nothing is multiplied: signs are bits, a product is how many of them differ, and a sum of signs how many of the bits are set. Counts
/// are whole numbers below 2^24, which floats hold exactly, so that no lane type shows in the result.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class BooleanAttention
{
    private const int WordBits = 64;

    /// <summary>Computes the context of the first queries or of all.</summary>
    /// <param name="query">The head's slice of the first token's query.</param>
    /// <param name="key">The head's slice of the first token's key.</param>
    /// <param name="value">The head's slice of the first token's value.</param>
    /// <param name="rowStride">Elements from one token to the next in all three.</param>
    /// <param name="queries">How many queries, from 1 to <paramref name="length"/>.</param>
    /// <param name="length">Tokens in the sequence, at least 1.</param>
    /// <param name="headSize">The head's dimensions, at least 1; multiples of 16 are fast.</param>
    /// <param name="scratch">At least <see cref="Attention.ScratchFloats"/> floats; left with no meaning.</param>
    /// <param name="context">Receives the head's slice of the first token's context; may be <paramref name="query"/> with its stride.</param>
    /// <param name="contextStride">Elements from one token to the next in the context.</param>
    public static void Run(
        ref float query, ref float key, ref float value, nint rowStride, int queries, int length, int headSize, ref float scratch, ref float context,
        nint contextStride)
    {
        if (LanesChoice.Use512)
        {
            Run<Lanes512>(ref query, ref key, ref value, rowStride, queries, length, headSize, ref scratch, ref context, contextStride);
        }
        else if (LanesChoice.Use256)
        {
            Run<Lanes256>(ref query, ref key, ref value, rowStride, queries, length, headSize, ref scratch, ref context, contextStride);
        }
        else if (LanesChoice.Use128)
        {
            Run<Lanes128>(ref query, ref key, ref value, rowStride, queries, length, headSize, ref scratch, ref context, contextStride);
        }
        else
        {
            Run<LanesScalar>(ref query, ref key, ref value, rowStride, queries, length, headSize, ref scratch, ref context, contextStride);
        }
    }

    /// <summary>Does the same on the given lanes, and counts bits in registers of the same width.</summary>
    internal static void Run<TLanes>(
        ref float query, ref float key, ref float value, nint rowStride, int queries, int length, int headSize, ref float scratch, ref float context,
        nint contextStride)
        where TLanes : struct, ILanes<TLanes>
    {
        Debug.Assert(queries >= 1 && queries <= length && headSize >= 1);
        if (TLanes.Registers == 1)
        {
            Run<TLanes, Bits512>(ref query, ref key, ref value, rowStride, queries, length, headSize, ref scratch, ref context, contextStride);
        }
        else if (TLanes.Registers == 2)
        {
            Run<TLanes, Bits256>(ref query, ref key, ref value, rowStride, queries, length, headSize, ref scratch, ref context, contextStride);
        }
        else
        {
            Run<TLanes, BitsScalar>(ref query, ref key, ref value, rowStride, queries, length, headSize, ref scratch, ref context, contextStride);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<TLanes, TBits>(
        ref float query, ref float key, ref float value, nint rowStride, int queries, int length, int headSize, ref float scratch, ref float context,
        nint contextStride)
        where TLanes : struct, ILanes<TLanes>
        where TBits : struct, IBitLanes<TBits>
    {
        // Words of a row of signs; keys behind each other, a run for each word; a plane of bits, one for each key, for each dimension of the values.
        int words = Words(headSize);
        int keys = Attention.RoundUp(length);
        int planes = Words(length);
        int dimensions = WordBits * words;
        ref ulong keyWords = ref Unsafe.As<float, ulong>(ref scratch);
        ref ulong valuePlanes = ref Unsafe.Add(ref keyWords, words * keys);
        ref ulong weights = ref Unsafe.Add(ref valuePlanes, planes * dimensions);
        ref ulong own = ref Unsafe.Add(ref weights, planes);
        PackKeys<TLanes>(ref key, rowStride, length, headSize, ref keyWords, keys);
        PackValues<TLanes>(ref value, rowStride, length, headSize, ref valuePlanes);
        for (int i = 0; i < queries; i++)
        {
            // A query is read for the last time before its context is written, so the two may share memory.
            for (int word = 0; word < words; word++)
            {
                Unsafe.Add(ref own, word) = SignBits<TLanes>(ref Unsafe.Add(ref query, i * rowStride), word * WordBits, headSize);
            }

            int total = Attend<TBits>(ref own, words, ref keyWords, keys, length, headSize / 2, ref weights);
            Sum<TBits>(ref weights, planes, ref valuePlanes, dimensions, total, headSize, ref Unsafe.Add(ref context, i * contextStride));
        }
    }

    // As many bits of a product's signs may differ as not: then it is 0 or more. Gives the number of keys that are attended to.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Attend<TBits>(ref ulong query, int words, ref ulong keyWords, int keys, int length, int most, ref ulong weights)
        where TBits : struct, IBitLanes<TBits>
    {
        int total = 0;
        for (int start = 0; start < length; start += WordBits)
        {
            ulong attended = 0;
            int end = Math.Min(keys, start + WordBits);
            for (int j = start; j < end; j += TBits.Words)
            {
                TBits differing = TBits.PopCount(TBits.Load(ref keyWords, j) ^ TBits.Broadcast(query));
                for (int word = 1; word < words; word++)
                {
                    differing += TBits.PopCount(TBits.Load(ref keyWords, (word * (nint)keys) + j) ^ TBits.Broadcast(Unsafe.Add(ref query, word)));
                }

                attended |= TBits.AtMost(differing, most) << (j - start);
            }

            attended &= length - start >= WordBits ? ulong.MaxValue : (1ul << (length - start)) - 1;
            Unsafe.Add(ref weights, start / WordBits) = attended;
            total += BitOperations.PopCount(attended);
        }

        return total;
    }

    // Of the signs of the values that are attended to, those that are plus less those that are minus.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Sum<TBits>(ref ulong weights, int planes, ref ulong valuePlanes, int dimensions, int total, int headSize, ref float context)
        where TBits : struct, IBitLanes<TBits>
    {
        for (int d = 0; d < headSize; d += TBits.Words)
        {
            TBits plus = TBits.PopCount(TBits.Load(ref valuePlanes, d) & TBits.Broadcast(weights));
            for (int plane = 1; plane < planes; plane++)
            {
                plus += TBits.PopCount(TBits.Load(ref valuePlanes, (plane * (nint)dimensions) + d) & TBits.Broadcast(Unsafe.Add(ref weights, plane)));
            }

            if (d + TBits.Words <= headSize)
            {
                TBits.StoreDoubled(plus, total, ref Unsafe.Add(ref context, d));
                continue;
            }

            LanesScalar last = default;
            TBits.StoreDoubled(plus, total, ref Unsafe.As<LanesScalar, float>(ref last));
            for (int rest = 0; d + rest < headSize; rest++)
            {
                Unsafe.Add(ref context, d + rest) = last[rest];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PackKeys<TLanes>(ref float key, nint rowStride, int length, int headSize, ref ulong keyWords, int keys)
        where TLanes : struct, ILanes<TLanes>
    {
        for (int word = 0; word * WordBits < headSize; word++)
        {
            ref ulong run = ref Unsafe.Add(ref keyWords, word * (nint)keys);
            for (int j = 0; j < keys; j++)
            {
                Unsafe.Add(ref run, j) = j < length ? SignBits<TLanes>(ref Unsafe.Add(ref key, j * rowStride), word * WordBits, headSize) : 0;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PackValues<TLanes>(ref float value, nint rowStride, int length, int headSize, ref ulong valuePlanes)
        where TLanes : struct, ILanes<TLanes>
    {
        ref ulong square = ref valuePlanes;
        for (int start = 0; start < length; start += WordBits)
        {
            for (int first = 0; first < headSize; first += WordBits)
            {
                for (int j = 0; j < WordBits; j++)
                {
                    Unsafe.Add(ref square, j) = start + j < length
                        ? SignBits<TLanes>(ref Unsafe.Add(ref value, (start + j) * rowStride), first, headSize) : 0;
                }

                BitTransposition.Run(ref square);
                square = ref Unsafe.Add(ref square, WordBits);
            }
        }
    }

    // A bit for each of up to 64 values from a place on: set for plus, which both zeros are, and not for minus, which NaN is.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong SignBits<TLanes>(ref float row, int first, int count)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes border = TLanes.Broadcast(-float.Epsilon);
        ulong bits = 0;
        int end = Math.Min(count, first + WordBits);
        int i = first;
        for (; i + 16 <= end; i += 16)
        {
            bits |= (ulong)TLanes.GreaterBits(TLanes.Load(ref row, (nuint)i), border) << (i - first);
        }

        for (; i < end; i++)
        {
            bits |= (Unsafe.Add(ref row, i) >= 0f ? 1ul : 0) << (i - first);
        }

        return bits;
    }

    private static int Words(int bits) => (bits + WordBits - 1) / WordBits;

    /// <summary>Takes signs, plus for both zeros and minus for NaN.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    internal static void Signs<TLanes>(ref float values, ref float signs, int count)
        where TLanes : struct, ILanes<TLanes> => Choose<TLanes>(ref values, ref signs, count, -1f);

    /// <summary>Gives the weight 1 to scores of 0 and above, and 0 to others.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    internal static void Weights<TLanes>(ref float scores, ref float weights, int count)
        where TLanes : struct, ILanes<TLanes> => Choose<TLanes>(ref scores, ref weights, count, 0f);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Choose<TLanes>(ref float values, ref float chosen, int count, float below)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes border = TLanes.Broadcast(-float.Epsilon);
        TLanes one = TLanes.Broadcast(1f);
        TLanes other = TLanes.Broadcast(below);
        for (int i = 0; i < count; i += 16)
        {
            int lanes = Math.Min(16, count - i);
            TLanes value = LanesTail.LoadUpTo<TLanes>(ref values, i, lanes);
            LanesTail.StoreUpTo(TLanes.SelectGreater(value, border, one, other), ref chosen, i, lanes);
        }
    }
}
