using System.Diagnostics;
using System.Runtime.CompilerServices;
using QuantGen.Lanes;

namespace QuantGen.Kernels;

/// <summary>Scaled dot-product attention of one head over one sequence (Vaswani et al., 2017, equation 1), without a mask.</summary>
/// <remarks>
/// A score is one chain of fused steps over the head's dimensions, ascending from +0, then times the scale; the scores of a query
/// go through <see cref="Softmax"/>; a context element is one chain of fused steps over the keys, ascending from +0. So no tile
/// size or lane type shows in the result. Sequences are unpadded, hence every key counts.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Attention
{
    // Queries whose scores are held at once: few enough that scores and a panel stay in the first-level cache.
    internal const int BlockRows = 16;

    /// <summary>Takes rows of probabilities.</summary>
    /// <param name="first">The first row.</param>
    /// <param name="stride">Elements from one row to the next.</param>
    /// <param name="rows">How many rows.</param>
    internal delegate void RowsSeen(ref float first, int stride, int rows);

    /// <summary>Computes how much scratch memory <see cref="Run"/> needs.</summary>
    /// <param name="maxLength">The longest sequence, in tokens.</param>
    /// <param name="headSize">The head's dimensions.</param>
    /// <returns>The number of floats.</returns>
    public static int ScratchFloats(int maxLength, int headSize)
    {
        int keys = RoundUp(maxLength);
        int columns = RoundUp(headSize);
        return (headSize * keys) + (maxLength * columns) + (BlockRows * keys) + (BlockRows * columns);
    }

    /// <summary>Computes the context of the first queries or of all.</summary>
    /// <param name="query">The head's slice of the first token's query.</param>
    /// <param name="key">The head's slice of the first token's key.</param>
    /// <param name="value">The head's slice of the first token's value.</param>
    /// <param name="rowStride">Elements from one token to the next in all three.</param>
    /// <param name="queries">How many queries, from 1 to <paramref name="length"/>.</param>
    /// <param name="length">Tokens in the sequence, at least 1.</param>
    /// <param name="headSize">The head's dimensions, at least 1; multiples of 16 are fast.</param>
    /// <param name="scale">Multiplies the scores, 1 / sqrt(head size).</param>
    /// <param name="scratch">At least <see cref="ScratchFloats"/> floats; left with no meaning.</param>
    /// <param name="context">Receives the head's slice of the first token's context; may be <paramref name="query"/> with its stride.</param>
    /// <param name="contextStride">Elements from one token to the next in the context.</param>
    public static void Run(
        ref float query, ref float key, ref float value, nint rowStride, int queries, int length, int headSize, float scale,
        ref float scratch, ref float context, nint contextStride) =>
        RunSeen(ref query, ref key, ref value, rowStride, queries, length, headSize, scale, ref scratch, ref context, contextStride, seen: null);

    /// <summary>Does the same and shows the probabilities of every block of queries.</summary>
    internal static void RunSeen(
        ref float query, ref float key, ref float value, nint rowStride, int queries, int length, int headSize, float scale,
        ref float scratch, ref float context, nint contextStride, RowsSeen? seen)
    {
        if (LanesChoice.Use512)
        {
            Run<Lanes512>(ref query, ref key, ref value, rowStride, queries, length, headSize, scale, ref scratch, ref context, contextStride, seen);
        }
        else if (LanesChoice.Use256)
        {
            Run<Lanes256>(ref query, ref key, ref value, rowStride, queries, length, headSize, scale, ref scratch, ref context, contextStride, seen);
        }
        else if (LanesChoice.Use128)
        {
            Run<Lanes128>(ref query, ref key, ref value, rowStride, queries, length, headSize, scale, ref scratch, ref context, contextStride, seen);
        }
        else
        {
            Run<LanesScalar>(ref query, ref key, ref value, rowStride, queries, length, headSize, scale, ref scratch, ref context, contextStride, seen);
        }
    }

    /// <summary>Does the same on the given lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Run<TLanes>(
        ref float query, ref float key, ref float value, nint rowStride, int queries, int length, int headSize, float scale,
        ref float scratch, ref float context, nint contextStride, RowsSeen? seen = null)
        where TLanes : struct, ILanes<TLanes>
    {
        Debug.Assert(queries >= 1 && queries <= length && headSize >= 1);
        int keys = RoundUp(length);
        int columns = RoundUp(headSize);
        ref float keyPanels = ref scratch;
        ref float valuePanels = ref Unsafe.Add(ref keyPanels, headSize * keys);
        ref float scores = ref Unsafe.Add(ref valuePanels, length * columns);
        ref float padded = ref Unsafe.Add(ref scores, BlockRows * keys);
        AttentionPanels.PackKeys(ref key, rowStride, length, headSize, ref keyPanels, keys);
        AttentionPanels.PackValues(ref value, rowStride, length, headSize, ref valuePanels, columns);

        for (int start = 0; start < queries; start += BlockRows)
        {
            // The block's queries are read for the last time before its contexts are written, so the two may share memory.
            int rows = Math.Min(BlockRows, queries - start);
            ref float block = ref Unsafe.Add(ref query, start * rowStride);
            TileProduct.Run<TLanes>(ref block, rowStride, rows, headSize, ref keyPanels, keys, scale, ref scores, keys);
            for (int i = 0; i < rows; i++)
            {
                // Keys that only fill the last vector get weight 0, which changes no sum.
                Fill(ref Unsafe.Add(ref scores, (i * keys) + length), keys - length, float.NegativeInfinity);
            }

            Softmax.Run<TLanes>(ref scores, keys, rows, keys);
            seen?.Invoke(ref scores, keys, rows);
            ref float contexts = ref Unsafe.Add(ref context, start * contextStride);
            if (columns == headSize)
            {
                TileProduct.Run<TLanes>(ref scores, keys, rows, length, ref valuePanels, columns, 1f, ref contexts, contextStride);
                continue;
            }

            TileProduct.Run<TLanes>(ref scores, keys, rows, length, ref valuePanels, columns, 1f, ref padded, columns);
            for (int i = 0; i < rows; i++)
            {
                Copy(ref Unsafe.Add(ref padded, i * columns), ref Unsafe.Add(ref contexts, i * contextStride), headSize);
            }
        }
    }

    internal static void Fill(ref float destination, int count, float value)
    {
        for (int i = 0; i < count; i++)
        {
            Unsafe.Add(ref destination, i) = value;
        }
    }

    internal static void Copy(ref float source, ref float destination, int count) =>
        Unsafe.CopyBlockUnaligned(ref Unsafe.As<float, byte>(ref destination), ref Unsafe.As<float, byte>(ref source), (uint)count * sizeof(float));

    internal static int RoundUp(int count) => (count + 15) & ~15;
}
