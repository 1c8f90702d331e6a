using System.Diagnostics;
using System.Runtime.CompilerServices;
using QuantGen.Lanes;

namespace QuantGen.Kernels;

/// <summary>
/// Attention of one head over one sequence whose products are of integers and whose operands, numerators, denominators and probabilities have ranges as they
/// are, which need not hold 0 (FullyQT).
/// </summary>
/// <remarks>
/// A value is c * scale + center, with a code c that counts from the middle one. What the centers add to a product of queries and keys is the same for all
/// keys of a query, and softmax takes it away, but for the queries' center times the sum of a key's codes; to a sum of values they add the values' center
/// times the sum of the probabilities. So with <see cref="AttentionOperands"/>
/// <code>
/// score[i, j]   = (float)(sum over d of q[i, d] * k[j, d]) * ScoreFactor + (float)(sum over d of k[j, d]) * KeyFactor
/// p[i, j]       = code of <see cref="RoundedSoftmax"/>(score[i, :])[j], from 0
/// context[i, d] = (float)(sum over j of p[i, j] * v[j, d]) * ContextFactor + (float)(sum over j of p[i, j]) * ValueTerm
/// </code>
/// Sums are exact integers, converted once; products are added unfused.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class RoundedAttention
{
    /// <summary>Computes how much scratch memory <see cref="Run"/> needs.</summary>
    /// <param name="maxLength">The longest sequence, in tokens.</param>
    /// <param name="headSize">The head's dimensions.</param>
    /// <returns>The number of floats.</returns>
    public static int ScratchFloats(int maxLength, int headSize) =>
        QuantizedAttention.ScratchFloats(maxLength, headSize) + Attention.RoundUp(maxLength);

    /// <summary>Computes the context of the first queries or of all.</summary>
    /// <param name="query">The head's slice of the first token's query.</param>
    /// <param name="key">The head's slice of the first token's key.</param>
    /// <param name="value">The head's slice of the first token's value.</param>
    /// <param name="rowStride">Elements from one token to the next in all three.</param>
    /// <param name="queries">How many queries, from 1 to <paramref name="length"/>.</param>
    /// <param name="length">Tokens in the sequence, at least 1.</param>
    /// <param name="headSize">The head's dimensions, at least 1; multiples of 16 are fast.</param>
    /// <param name="operands">Mappings and factors.</param>
    /// <param name="denominatorRange">Scale and center of softmax's denominators.</param>
    /// <param name="bits">Bits of all codes, 2 to 8.</param>
    /// <param name="scratch">At least <see cref="ScratchFloats"/> floats; left with no meaning.</param>
    /// <param name="context">Receives the head's slice of the first token's context; may be <paramref name="query"/> with its stride.</param>
    /// <param name="contextStride">Elements from one token to the next in the context.</param>
    public static void Run(
        ref float query, ref float key, ref float value, nint rowStride, int queries, int length, int headSize, in AttentionOperands operands,
        ref float denominatorRange, int bits, ref float scratch, ref float context, nint contextStride)
    {
        ActivationParameters denominators = ActivationParameters.FromCenter(ref denominatorRange, bits);
        if (LanesChoice.Use512)
        {
            Run<Lanes512>(
                ref query, ref key, ref value, rowStride, queries, length, headSize, operands, denominators, ref scratch, ref context, contextStride);
        }
        else if (LanesChoice.Use256)
        {
            Run<Lanes256>(
                ref query, ref key, ref value, rowStride, queries, length, headSize, operands, denominators, ref scratch, ref context, contextStride);
        }
        else if (LanesChoice.Use128)
        {
            Run<Lanes128>(
                ref query, ref key, ref value, rowStride, queries, length, headSize, operands, denominators, ref scratch, ref context, contextStride);
        }
        else
        {
            Run<LanesScalar>(
                ref query, ref key, ref value, rowStride, queries, length, headSize, operands, denominators, ref scratch, ref context, contextStride);
        }
    }

    /// <summary>Does the same on the given lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Run<TLanes>(
        ref float query, ref float key, ref float value, nint rowStride, int queries, int length, int headSize, in AttentionOperands operands,
        ActivationParameters denominators, ref float scratch, ref float context, nint contextStride)
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
        ref float terms = ref Unsafe.Add(ref padded, Attention.BlockRows * columns);
        ref short rows16 = ref Unsafe.As<float, short>(ref codes);
        AttentionCodes.Rows<TLanes>(ref key, rowStride, length, headSize, operands.Key, ref rows16, 2 * depth);
        for (int j = 0; j < length; j++)
        {
            Unsafe.Add(ref terms, j) = Sum(ref Unsafe.Add(ref rows16, j * 2 * depth), headSize) * operands.KeyFactor;
        }

        AttentionPanels.PackKeys(ref codes, depth, length, depth, ref keyPanels, keys);
        AttentionCodes.Rows<TLanes>(ref value, rowStride, length, headSize, operands.Value, ref rows16, columns);
        AttentionPanels.PackValuePairs(ref rows16, length, ref valuePanels, columns);

        for (int start = 0; start < queries; start += Attention.BlockRows)
        {
            // The block's queries are read for the last time before its contexts are written, so the two may share memory.
            int rows = Math.Min(Attention.BlockRows, queries - start);
            AttentionCodes.Rows<TLanes>(ref Unsafe.Add(ref query, start * rowStride), rowStride, rows, headSize, operands.Query, ref rows16, 2 * depth);
            TileProduct.Run<TLanes, ITileStep.IntegerPairs>(
                ref codes, depth, rows, depth, ref keyPanels, keys, operands.ScoreFactor, ref scores, keys);
            LanesScalar sums = default;
            for (int i = 0; i < rows; i++)
            {
                // A row's codes take the first half of its own memory, behind which it has been read.
                ref float row = ref Unsafe.Add(ref scores, i * keys);
                float factor = RoundedSoftmax.Numerators<TLanes>(ref row, ref terms, length, keys, denominators);
                ref short probabilities = ref Unsafe.As<float, short>(ref row);
                AttentionCodes.Row<TLanes>(ref row, keys, factor, operands.Probabilities, ref probabilities, keys);
                sums[i] = Sum(ref probabilities, length) * operands.ValueTerm;
            }

            TileProduct.Run<TLanes, ITileStep.IntegerPairs>(
                ref scores, keys, rows, Pairs(length), ref valuePanels, columns, operands.ContextFactor, ref padded, columns);
            for (int i = 0; i < rows; i++)
            {
                AddTo<TLanes>(
                    ref Unsafe.Add(ref padded, i * columns), sums[i], headSize, ref Unsafe.Add(ref context, (start + i) * contextStride));
            }
        }
    }

    // Sums of integers, exact in any order.
    private static int Sum(ref short codes, int count)
    {
        int sum = 0;
        for (int i = 0; i < count; i++)
        {
            sum += Unsafe.Add(ref codes, i);
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddTo<TLanes>(ref float row, float term, int count, ref float output)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes terms = TLanes.Broadcast(term);
        for (int i = 0; i < count; i += 16)
        {
            int width = Math.Min(16, count - i);
            LanesTail.StoreUpTo(LanesTail.LoadUpTo<TLanes>(ref row, i, width) + terms, ref output, i, width);
        }
    }

    private static int Pairs(int count) => (count + 1) / 2;
}
