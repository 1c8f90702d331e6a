using System.Diagnostics;
using System.Runtime.CompilerServices;
using QuantGen.Lanes;
using QuantGen.Quantization;

namespace QuantGen.Kernels;

/// <summary>Attention of one head over one sequence in integers (<see cref="FixedScores"/>). Called by generated code.</summary>
/// <remarks>
/// Products are those of <see cref="QuantizedAttention"/>: operands stand in pairs of 16 bits, the panels' elements are such pairs, and sums stay integers.
/// They move through lanes of floats, which compute nothing here. Scratch memory is as much as there.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class FixedAttention
{
    /// <summary>Computes the context of the first queries or of all.</summary>
    /// <param name="query">The head's slice of the first token's query, in the scale of its codes.</param>
    /// <param name="key">The head's slice of the first token's key.</param>
    /// <param name="value">The head's slice of the first token's value.</param>
    /// <param name="rowStride">Integers from one token to the next in all three.</param>
    /// <param name="queries">How many queries, from 1 to <paramref name="length"/>.</param>
    /// <param name="length">Tokens in the sequence, 1 to <see cref="FixedExponential.MostKeys"/>.</param>
    /// <param name="headSize">The head's dimensions.</param>
    /// <param name="constants">The integers of a <see cref="FixedScores"/>.</param>
    /// <param name="scratch">At least <see cref="QuantizedAttention.ScratchFloats"/> numbers; left with no meaning.</param>
    /// <param name="context">Receives the head's slice of the first token's context; may be <paramref name="query"/> with its stride.</param>
    /// <param name="contextStride">Integers from one token to the next in the context.</param>
    public static void Run(
        ref int query, ref int key, ref int value, nint rowStride, int queries, int length, int headSize, ref int constants,
        ref float scratch, ref int context, nint contextStride)
    {
        FixedScores scores = Unsafe.As<int, FixedScores>(ref constants);
        if (IntegersChoice.Use512)
        {
            Run<Lanes512>(ref query, ref key, ref value, rowStride, queries, length, headSize, scores, ref scratch, ref context, contextStride);
        }
        else if (IntegersChoice.Use256)
        {
            Run<Lanes256>(ref query, ref key, ref value, rowStride, queries, length, headSize, scores, ref scratch, ref context, contextStride);
        }
        else if (IntegersChoice.Use128)
        {
            Run<Lanes128>(ref query, ref key, ref value, rowStride, queries, length, headSize, scores, ref scratch, ref context, contextStride);
        }
        else
        {
            Run<LanesScalar>(ref query, ref key, ref value, rowStride, queries, length, headSize, scores, ref scratch, ref context, contextStride);
        }
    }

    /// <summary>Does the same with products on the given lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Run<TLanes>(
        ref int query, ref int key, ref int value, nint rowStride, int queries, int length, int headSize, in FixedScores constants,
        ref float scratch, ref int context, nint contextStride)
        where TLanes : struct, ILanes<TLanes>
    {
        Debug.Assert(queries >= 1 && queries <= length && length <= FixedExponential.MostKeys && headSize >= 1);
        int keys = Attention.RoundUp(length);
        int columns = Attention.RoundUp(headSize);
        int depth = Pairs(headSize);
        ref float keyPanels = ref scratch;
        ref float valuePanels = ref Unsafe.Add(ref keyPanels, depth * keys);
        ref float codes = ref Unsafe.Add(ref valuePanels, Pairs(length) * columns);
        ref float scores = ref Unsafe.Add(ref codes, Math.Max(length, Attention.BlockRows) * Math.Max(depth, columns / 2));
        ref float padded = ref Unsafe.Add(ref scores, Attention.BlockRows * keys);
        Operands(ref key, rowStride, length, headSize, ref codes, depth);
        AttentionPanels.PackKeys(ref codes, depth, length, depth, ref keyPanels, keys);
        Operands(ref value, rowStride, length, headSize, ref codes, columns / 2);
        AttentionPanels.PackValuePairs(ref Unsafe.As<float, short>(ref codes), length, ref valuePanels, columns);

        Span<int> factors = stackalloc int[Attention.BlockRows];
        for (int start = 0; start < queries; start += Attention.BlockRows)
        {
            // The block's queries are read for the last time before its contexts are written, so the two may share memory.
            int rows = Math.Min(Attention.BlockRows, queries - start);
            Operands(ref Unsafe.Add(ref query, start * rowStride), rowStride, rows, headSize, ref codes, depth);
            TileProduct.Run<TLanes, ITileStep.IntegerSums>(ref codes, depth, rows, depth, ref keyPanels, keys, 0f, ref scores, keys);

            // A row's weights take the first half of its own memory, behind which it has been read.
            for (int i = 0; i < rows; i++)
            {
                ref int row = ref Unsafe.As<float, int>(ref Unsafe.Add(ref scores, i * keys));
                factors[i] = FixedScores.Factor(FixedSoftmax.Weights(ref row, length, constants, ref Unsafe.As<int, short>(ref row), keys));
            }

            TileProduct.Run<TLanes, ITileStep.IntegerSums>(ref scores, keys, rows, Pairs(length), ref valuePanels, columns, 0f, ref padded, columns);
            for (int i = 0; i < rows; i++)
            {
                ref int sums = ref Unsafe.As<float, int>(ref Unsafe.Add(ref padded, i * columns));
                FixedSoftmax.Contexts(ref sums, headSize, factors[i], ref Unsafe.Add(ref context, (start + i) * contextStride));
            }
        }
    }

    // Rows of operands, as many pairs each.
    private static void Operands(ref int values, nint rowStride, int rows, int columns, ref float codes, int pairs)
    {
        for (int i = 0; i < rows; i++)
        {
            FixedQuantizer.Operands(
                ref Unsafe.Add(ref values, i * rowStride), columns, ref Unsafe.As<float, short>(ref Unsafe.Add(ref codes, i * pairs)), 2 * pairs);
        }
    }

    private static int Pairs(int count) => (count + 1) / 2;
}
