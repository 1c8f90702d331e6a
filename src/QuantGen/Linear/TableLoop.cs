using System.Runtime.CompilerServices;
using QuantGen.Specs;

namespace QuantGen.Linear;

/// <summary>Walks a linear layer for a kernel that looks sums up: a few tokens, then a block of inputs whose tables stay in the nearest cache, then all
/// outputs.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class TableLoop
{
    private const int CacheLine = 64;

    // Of a layer's products the two largest have so many times the weights of a square one.
    private const int LeadWidths = 4;

    /// <summary>Computes a quantized linear layer.</summary>
    /// <typeparam name="TKernel">The kernel.</typeparam>
    /// <param name="x">Activations.</param>
    /// <param name="w">Weights in the kernel's order, with sums of codes that count from 0.</param>
    /// <param name="output">First output of the first token.</param>
    /// <param name="outputStride">Floats from one token's outputs to the next.</param>
    /// <param name="scratch">At least <see cref="PanelPadding.ScratchBytes"/> bytes, aligned to a cache line.</param>
    public static void Run<TKernel>(in QuantizedRows x, in PlacedLinear w, ref float output, int outputStride, ref float scratch)
        where TKernel : struct, ITableKernel =>
        RunBeside<TKernel>(x, default, default, w, ref output, outputStride, ref scratch);

    /// <summary>
    /// Computes up to three quantized linear layers that read the same activations, whose tables are then built once; their outputs stand side by side.
    /// </summary>
    /// <typeparam name="TKernel">The kernel.</typeparam>
    /// <param name="x">Activations.</param>
    /// <param name="first">Weights of the first layer; nothing where there are fewer than three.</param>
    /// <param name="second">Weights of the second layer; nothing where there is one.</param>
    /// <param name="last">Weights of the last layer, which stand before those of the next step.</param>
    /// <param name="output">First output of the first token.</param>
    /// <param name="outputStride">Floats from one token's outputs to the next.</param>
    /// <param name="scratch">At least <see cref="PanelPadding.ScratchBytes"/> bytes, aligned to a cache line.</param>
    public static void RunBeside<TKernel>(
        in QuantizedRows x, in PlacedLinear first, in PlacedLinear second, in PlacedLinear last, ref float output, int outputStride, ref float scratch)
        where TKernel : struct, ITableKernel
    {
        Trace<TKernel>(first, x.Count);
        Trace<TKernel>(second, x.Count);
        Trace<TKernel>(last, x.Count);
        int tile = TKernel.Order.Table!.Tokens;
        int token = 0;
        while (token < x.Count)
        {
            // Tokens are independent: computing some of them twice costs less than a kernel for every height.
            int tokens = x.Count >= tile ? tile : 1;
            token = Math.Min(token, x.Count - tokens);
            ref byte tables = ref Unsafe.As<float, byte>(ref scratch);
            ref int sums = ref Unsafe.As<byte, int>(ref Unsafe.Add(ref tables, PanelPadding.TableBytes + PanelPadding.TableSumBytes));
            ref int secondSums = ref Unsafe.Add(ref sums, tokens * first.PaddedRows);
            ref int lastSums = ref Unsafe.Add(ref secondSums, tokens * second.PaddedRows);
            Sum<TKernel>(x, token, tokens, first, second, last, ref tables, ref sums, ref secondSums, ref lastSums);
            ref float outputs = ref Unsafe.Add(ref output, token * (nint)outputStride);
            Finish<TKernel>(ref sums, x, token, tokens, first, ref outputs, outputStride);
            Finish<TKernel>(ref secondSums, x, token, tokens, second, ref Unsafe.Add(ref outputs, first.Rows), outputStride);
            Finish<TKernel>(ref lastSums, x, token, tokens, last, ref Unsafe.Add(ref outputs, first.Rows + second.Rows), outputStride);
            token += tokens;
        }
    }

    private static void Trace<TKernel>(in PlacedLinear w, int tokens)
        where TKernel : struct, ITableKernel
    {
        if (w.Rows > 0)
        {
            ProductTrace.Listener?.Invoke(TKernel.Unit, TKernel.Order.Bits, w.Rows, w.Columns, tokens);
        }
    }

    // Every output of one token, or of a tile of them.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Sum<TKernel>(
        in QuantizedRows x, int token, int tokens, in PlacedLinear first, in PlacedLinear second, in PlacedLinear last,
        ref byte tables, ref int sums, ref int secondSums, ref int lastSums)
        where TKernel : struct, ITableKernel
    {
        TableOrder order = TKernel.Order.Table!;
        int words = order.Words(last.Columns);

        // What stands in memory behind what is read here is the next steps'. As much as is read here is fetched meanwhile, by each tile of tokens its share,
        // and by all steps equally far ahead, so that nothing is left out: as far as the largest step of a usual layer reads in its first tile.
        nint layer = Bytes(order, last.PaddedRows, last.Columns);
        nint step = layer * (first.PaddedRows + second.PaddedRows + last.PaddedRows) / last.PaddedRows;
        int width = Math.Min(last.PaddedRows, last.Columns);
        nint share = step / ((x.Count + tokens - 1) / tokens);
        nint far = Math.Max(layer, (LeadWidths * Bytes(order, width, width)) - (step - layer)) + (token / tokens * share);
        for (int word = 0; word < words; word += order.BlockWords)
        {
            int count = Math.Min(order.BlockWords, words - word);
            for (int m = 0; m < tokens; m++)
            {
                TKernel.Build(
                    ref Unsafe.Add(ref x.Codes, ((token + m) * (nint)x.Stride) + (word * order.WordInputs)), count,
                    ref Unsafe.Add(ref tables, m * order.TableBytes), tokens * order.TableBytes);
            }

            Block<TKernel>(order, tokens, first, word, count, 0, 0, ref tables, ref sums);
            Block<TKernel>(order, tokens, second, word, count, 0, 0, ref tables, ref secondSums);
            Block<TKernel>(order, tokens, last, word, count, far + (word * share / words), share * count / words, ref tables, ref lastSums);
        }
    }

    private static nint Bytes(TableOrder order, int rows, int columns) => rows / TableOrder.GranuleOutputs * (nint)order.GranuleBytes(columns);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Block<TKernel>(
        TableOrder order, int tokens, in PlacedLinear w, int first, int count, nint far, nint farBytes, ref byte tables, ref int sums)
        where TKernel : struct, ITableKernel
    {
        int granule = order.GranuleBytes(w.Columns);
        int panel = granule * order.PanelGranules;
        int panelOutputs = order.PanelGranules * TableOrder.GranuleOutputs;
        int stride = w.PaddedRows;
        int row = 0;
        ref byte codes = ref Unsafe.Add(ref w.Codes, first * order.PanelVectors * order.VectorBytes);
        nint farEnd = far;
        for (; row + panelOutputs <= stride; row += panelOutputs, codes = ref Unsafe.Add(ref codes, panel))
        {
            farEnd += farBytes * panelOutputs / stride;
            for (; far < farEnd; far += CacheLine)
            {
                Prefetch.FarLine(ref w.Codes, far);
            }

            if (tokens == 1)
            {
                TKernel.Single(ref codes, ref tables, count, panel, ref Unsafe.Add(ref sums, row), stride, first == 0);
            }
            else
            {
                TKernel.Tile(ref codes, ref tables, count, panel, ref Unsafe.Add(ref sums, row), stride, first == 0);
            }
        }

        codes = ref Unsafe.Add(ref w.Codes, (row / TableOrder.GranuleOutputs * (nint)granule) + (first * order.Bits * order.VectorBytes));
        for (; row < stride; row += TableOrder.GranuleOutputs, codes = ref Unsafe.Add(ref codes, granule))
        {
            if (tokens == 1)
            {
                TKernel.GranuleSingle(ref codes, ref tables, count, granule, ref Unsafe.Add(ref sums, row), stride, first == 0);
            }
            else
            {
                TKernel.GranuleTile(ref codes, ref tables, count, granule, ref Unsafe.Add(ref sums, row), stride, first == 0);
            }
        }
    }

    // Sums of one token, or of a tile of them, become outputs; rows that fill no vector do so one by one.
    private static void Finish<TKernel>(ref int sums, in QuantizedRows x, int token, int tokens, in PlacedLinear w, ref float output, int outputStride)
        where TKernel : struct, ITableKernel
    {
        int whole = w.Rows & ~15;
        if (tokens == 1)
        {
            TKernel.FinishSingle(ref sums, w.PaddedRows, x, token, w, whole, ref output, outputStride);
        }
        else
        {
            TKernel.FinishTile(ref sums, w.PaddedRows, x, token, w, whole, ref output, outputStride);
        }

        for (int m = 0; m < tokens && whole < w.Rows; m++)
        {
            int offset = TKernel.Order.Bits * Unsafe.Add(ref x.CenteredSums, (token + m) * x.SumStride);
            for (int row = whole; row < w.Rows; row++)
            {
                int signed = Unsafe.Add(ref sums, (m * w.PaddedRows) + row) - offset;
                TKernel.FinishRow(signed, x, token + m, w, row, ref Unsafe.Add(ref output, (m * (nint)outputStride) + row));
            }
        }
    }
}
