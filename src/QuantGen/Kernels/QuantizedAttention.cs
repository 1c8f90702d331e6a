using System.Diagnostics;
using System.Runtime.CompilerServices;
using QuantGen.Lanes;

namespace QuantGen.Kernels;

/// <summary>Attention of one head over one sequence whose two products are of integers. <see cref="AttentionOperands"/> defines the arithmetic.</summary>
/// <remarks>
/// Centered codes of at most 9 bits stand in pairs of 16, so that one multiply-add instruction takes two of them and no sum is rounded:
/// 255 * 127 * 2^15 &lt; 2^31. Keys and values are packed in the panels of <see cref="TileProduct"/>, whose elements are such pairs.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class QuantizedAttention
{
    /// <summary>Computes how much scratch memory <see cref="Run"/> needs.</summary>
    /// <param name="maxLength">The longest sequence, in tokens.</param>
    /// <param name="headSize">The head's dimensions.</param>
    /// <returns>The number of floats.</returns>
    public static int ScratchFloats(int maxLength, int headSize)
    {
        int keys = Attention.RoundUp(maxLength);
        int columns = Attention.RoundUp(headSize);
        int depth = Pairs(headSize);
        return (depth * keys) + (Pairs(maxLength) * columns) + (Math.Max(maxLength, Attention.BlockRows) * Math.Max(depth, columns / 2))
            + (Attention.BlockRows * keys) + (Attention.BlockRows * columns);
    }

    /// <summary>Computes the context of the first queries or of all.</summary>
    /// <param name="query">The head's slice of the first token's query.</param>
    /// <param name="key">The head's slice of the first token's key.</param>
    /// <param name="value">The head's slice of the first token's value.</param>
    /// <param name="rowStride">Elements from one token to the next in all three.</param>
    /// <param name="queries">How many queries, from 1 to <paramref name="length"/>.</param>
    /// <param name="length">Tokens in the sequence, at least 1.</param>
    /// <param name="headSize">The head's dimensions, at least 1; multiples of 16 are fast.</param>
    /// <param name="operands">Mappings and factors.</param>
    /// <param name="scratch">At least <see cref="ScratchFloats"/> floats; left with no meaning.</param>
    /// <param name="context">Receives the head's slice of the first token's context; may be <paramref name="query"/> with its stride.</param>
    /// <param name="contextStride">Elements from one token to the next in the context.</param>
    public static void Run(
        ref float query, ref float key, ref float value, nint rowStride, int queries, int length, int headSize, in AttentionOperands operands,
        ref float scratch, ref float context, nint contextStride)
    {
        if (LanesChoice.Use512)
        {
            Run<Lanes512>(ref query, ref key, ref value, rowStride, queries, length, headSize, operands, ref scratch, ref context, contextStride);
        }
        else if (LanesChoice.Use256)
        {
            Run<Lanes256>(ref query, ref key, ref value, rowStride, queries, length, headSize, operands, ref scratch, ref context, contextStride);
        }
        else if (LanesChoice.Use128)
        {
            Run<Lanes128>(ref query, ref key, ref value, rowStride, queries, length, headSize, operands, ref scratch, ref context, contextStride);
        }
        else
        {
            Run<LanesScalar>(ref query, ref key, ref value, rowStride, queries, length, headSize, operands, ref scratch, ref context, contextStride);
        }
    }

    /// <summary>Does the same on the given lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Run<TLanes>(
        ref float query, ref float key, ref float value, nint rowStride, int queries, int length, int headSize, in AttentionOperands operands,
        ref float scratch, ref float context, nint contextStride)
        where TLanes : struct, ILanes<TLanes>
    {
        Debug.Assert(queries >= 1 && queries <= length && headSize >= 1);
        int keys = Attention.RoundUp(length);
        int columns = Attention.RoundUp(headSize);
        int depth = Pairs(headSize);
        ref float keyPanels = ref scratch;
        ref float valuePanels = ref Unsafe.Add(ref keyPanels, depth * keys);
        ref float codes = ref Unsafe.Add(ref valuePanels, Pairs(length) * columns);
        ref float scores = ref Unsafe.Add(ref codes, Math.Max(length, Attention.BlockRows) * Math.Max(depth, columns / 2));
        ref float padded = ref Unsafe.Add(ref scores, Attention.BlockRows * keys);
        Center<TLanes>(ref key, rowStride, length, headSize, operands.Key, ref codes, depth);
        AttentionPanels.PackKeys(ref codes, depth, length, depth, ref keyPanels, keys);
        Center<TLanes>(ref value, rowStride, length, headSize, operands.Value, ref codes, columns / 2);
        AttentionPanels.PackValuePairs(ref Unsafe.As<float, short>(ref codes), length, ref valuePanels, columns);

        for (int start = 0; start < queries; start += Attention.BlockRows)
        {
            // The block's queries are read for the last time before its contexts are written, so the two may share memory.
            int rows = Math.Min(Attention.BlockRows, queries - start);
            Center<TLanes>(ref Unsafe.Add(ref query, start * rowStride), rowStride, rows, headSize, operands.Query, ref codes, depth);
            TileProduct.Run<TLanes, ITileStep.IntegerPairs>(
                ref codes, depth, rows, depth, ref keyPanels, keys, operands.ScoreFactor, ref scores, keys);
            for (int i = 0; i < rows; i++)
            {
                // Keys that only fill the last vector get weight 0, which changes no sum.
                Attention.Fill(ref Unsafe.Add(ref scores, (i * keys) + length), keys - length, float.NegativeInfinity);
            }

            LanesScalar factors = Softmax.Factors<TLanes>(ref scores, keys, rows, keys);

            // A row's codes take the first half of its own memory, behind which it has been read.
            for (int i = 0; i < rows; i++)
            {
                ref float row = ref Unsafe.Add(ref scores, i * keys);
                AttentionCodes.Row<TLanes>(ref row, keys, factors[i], operands.Probabilities, ref Unsafe.As<float, short>(ref row), keys);
            }

            ref float contexts = ref Unsafe.Add(ref context, start * contextStride);
            if (columns == headSize)
            {
                TileProduct.Run<TLanes, ITileStep.IntegerPairs>(
                    ref scores, keys, rows, Pairs(length), ref valuePanels, columns, operands.ContextFactor, ref contexts, contextStride);
                continue;
            }

            TileProduct.Run<TLanes, ITileStep.IntegerPairs>(
                ref scores, keys, rows, Pairs(length), ref valuePanels, columns, operands.ContextFactor, ref padded, columns);
            for (int i = 0; i < rows; i++)
            {
                Attention.Copy(ref Unsafe.Add(ref padded, i * columns), ref Unsafe.Add(ref contexts, i * contextStride), headSize);
            }
        }
    }

    // Rows of centered codes, as many pairs each.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Center<TLanes>(
        ref float values, nint rowStride, int rows, int columns, ActivationParameters range, ref float codes, int pairs)
        where TLanes : struct, ILanes<TLanes> =>
        AttentionCodes.Rows<TLanes>(ref values, rowStride, rows, columns, range, ref Unsafe.As<float, short>(ref codes), 2 * pairs);

    private static int Pairs(int count) => (count + 1) / 2;
}
