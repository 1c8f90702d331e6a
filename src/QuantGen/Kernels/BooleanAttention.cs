using System.Diagnostics;
using System.Runtime.CompilerServices;
using QuantGen.Lanes;

namespace QuantGen.Kernels;

/// <summary>Attention of one head over one sequence by signs (Bi-Attention; Qin et al., BiBERT, 2022, equations 5 to 7), without a mask.</summary>
/// <remarks>
/// Queries, keys and values count as their signs, plus for zero. A query attends to the keys whose product with it is 0 or more, and a context element is the
/// sum of their values. All sums are of whole numbers below 2^24, which floats hold exactly, so that neither tiles nor lane types show in the result.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class BooleanAttention
{
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

    /// <summary>Does the same on the given lanes.</summary>
    internal static void Run<TLanes>(
        ref float query, ref float key, ref float value, nint rowStride, int queries, int length, int headSize, ref float scratch, ref float context,
        nint contextStride)
        where TLanes : struct, ILanes<TLanes>
    {
        Debug.Assert(queries >= 1 && queries <= length && headSize >= 1);
        int keys = Attention.RoundUp(length);
        int columns = Attention.RoundUp(headSize);
        ref float keyPanels = ref scratch;
        ref float valuePanels = ref Unsafe.Add(ref keyPanels, headSize * keys);
        ref float scores = ref Unsafe.Add(ref valuePanels, length * columns);
        ref float padded = ref Unsafe.Add(ref scores, Attention.BlockRows * keys);

        // What fills panels up becomes a sign, too; no score of it is read, and no context of it is copied.
        AttentionPanels.PackKeys(ref key, rowStride, length, headSize, ref keyPanels, keys);
        AttentionPanels.PackValues(ref value, rowStride, length, headSize, ref valuePanels, columns);
        Signs<TLanes>(ref keyPanels, ref keyPanels, headSize * keys);
        Signs<TLanes>(ref valuePanels, ref valuePanels, length * columns);
        for (int start = 0; start < queries; start += Attention.BlockRows)
        {
            // The block's queries are read for the last time before its contexts are written, so the two may share memory.
            int rows = Math.Min(Attention.BlockRows, queries - start);
            for (int i = 0; i < rows; i++)
            {
                Signs<TLanes>(ref Unsafe.Add(ref query, (start + i) * rowStride), ref Unsafe.Add(ref padded, i * columns), headSize);
            }

            TileProduct.Run<TLanes>(ref padded, columns, rows, headSize, ref keyPanels, keys, 1f, ref scores, keys);
            Weights<TLanes>(ref scores, ref scores, rows * keys);
            TileProduct.Run<TLanes>(ref scores, keys, rows, length, ref valuePanels, columns, 1f, ref padded, columns);
            for (int i = 0; i < rows; i++)
            {
                Attention.Copy(ref Unsafe.Add(ref padded, i * columns), ref Unsafe.Add(ref context, (start + i) * contextStride), headSize);
            }
        }
    }

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
