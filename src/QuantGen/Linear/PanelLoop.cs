using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using QuantGen.Specs;

namespace QuantGen.Linear;

/// <summary>Walks a linear layer panel by panel and, inside a panel, tile by tile, so that a panel's codes stay in the nearest cache.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class PanelLoop
{
    /// <summary>Floats of scratch that a product needs for a panel that is only partly filled.</summary>
    /// <param name="tokens">Most tokens of a call.</param>
    public static int ScratchFloats(int tokens) => tokens * KernelOrder.RowMultiple;

    /// <summary>Computes a quantized linear layer with panels that divide padded rows.</summary>
    /// <typeparam name="TKernel">The micro-kernel.</typeparam>
    /// <param name="x">Activations.</param>
    /// <param name="w">Weights in the kernel's order.</param>
    /// <param name="output">First output of the first token.</param>
    /// <param name="outputStride">Floats from one token's outputs to the next.</param>
    /// <param name="scratch">At least <see cref="ScratchFloats"/> floats, or for kernels that meet bits <see cref="PanelPadding.PlanePanel"/> a token.</param>
    public static void Run<TKernel>(in QuantizedRows x, in PlacedLinear w, ref float output, int outputStride, ref float scratch)
        where TKernel : struct, ITileKernel
    {
        ProductTrace.Listener?.Invoke(TKernel.Unit, TKernel.Order.Bits, w.Rows, w.Columns, x.Count);
        Panels<TKernel>(x, w, 0, w.Rows, ref output, outputStride, ref scratch);
    }

    /// <summary>Computes a quantized linear layer for many tokens: each panel is unpacked once and then read as bytes.</summary>
    /// <typeparam name="TKernel">The micro-kernel of packed codes.</typeparam>
    /// <typeparam name="TUnpacked">The micro-kernel of unpacked codes.</typeparam>
    /// <param name="x">Activations.</param>
    /// <param name="w">Weights in the kernel's order.</param>
    /// <param name="output">First output of the first token.</param>
    /// <param name="outputStride">Floats from one token's outputs to the next.</param>
    /// <param name="scratch">At least <see cref="ScratchFloats"/> floats and, behind them, a byte for each code of a panel.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void RunUnpacked<TKernel, TUnpacked>(in QuantizedRows x, in PlacedLinear w, ref float output, int outputStride, ref float scratch)
        where TKernel : struct, IUnpackingKernel
        where TUnpacked : struct, ITileKernel
    {
        ProductTrace.Listener?.Invoke(TKernel.Unit, TKernel.Order.Bits, w.Rows, w.Columns, x.Count);
        int outputs = TKernel.Order.PanelOutputs;
        nint panelBytes = TKernel.Order.PanelBytes(w.Columns);
        ref byte unpacked = ref Unsafe.As<float, byte>(ref Unsafe.Add(ref scratch, ScratchFloats(x.Count)));
        FetchParameters<TKernel>(w, 0);
        for (int row = 0; row < w.Rows; row += outputs)
        {
            FetchParameters<TKernel>(w, row + outputs);
            TKernel.Unpack(ref Unsafe.Add(ref w.Codes, row / outputs * panelBytes), panelBytes, ref unpacked);
            PlacedLinear panel = w.From(ref unpacked, row);
            if (row + outputs <= w.Rows)
            {
                Panel<TUnpacked>(x, panel, 0, ref Unsafe.Add(ref output, row), outputStride);
            }
            else
            {
                Panel<TUnpacked>(x, panel, 0, ref scratch, outputs);
                CopyColumns(ref scratch, outputs, ref Unsafe.Add(ref output, row), outputStride, x.Count, w.Rows - row);
            }
        }
    }

    /// <summary>Computes a quantized linear layer whose kernel adds two pairs in 16 bits that were clipped for it, panels that could not be apart.</summary>
    /// <typeparam name="TKernel">The micro-kernel of two clipped pairs.</typeparam>
    /// <typeparam name="TWhole">The micro-kernel of weights as they are, in the same order.</typeparam>
    /// <param name="x">Activations.</param>
    /// <param name="w">Weights in the kernels' order.</param>
    /// <param name="output">First output of the first token.</param>
    /// <param name="outputStride">Floats from one token's outputs to the next.</param>
    /// <param name="scratch">At least <see cref="PanelPadding.ScratchBytes"/>.</param>
    public static void RunClipped<TKernel, TWhole>(in QuantizedRows x, in PlacedLinear w, ref float output, int outputStride, ref float scratch)
        where TKernel : struct, ITileKernel
        where TWhole : struct, ITileKernel =>
        RunClipped<TKernel, TWhole, TWhole>(x, w, ref output, outputStride, ref scratch);

    /// <summary>Does the same with a kernel between the two, for panels of which one pair fits.</summary>
    /// <typeparam name="TKernel">The micro-kernel of two clipped pairs.</typeparam>
    /// <typeparam name="TPairs">The micro-kernel of one clipped pair, in the same order.</typeparam>
    /// <typeparam name="TWhole">The micro-kernel of weights as they are, in the same order.</typeparam>
    /// <param name="x">Activations.</param>
    /// <param name="w">Weights in the kernels' order.</param>
    /// <param name="output">First output of the first token.</param>
    /// <param name="outputStride">Floats from one token's outputs to the next.</param>
    /// <param name="scratch">At least <see cref="PanelPadding.ScratchBytes"/>.</param>
    public static void RunClipped<TKernel, TPairs, TWhole>(in QuantizedRows x, in PlacedLinear w, ref float output, int outputStride, ref float scratch)
        where TKernel : struct, ITileKernel
        where TPairs : struct, ITileKernel
        where TWhole : struct, ITileKernel
    {
        ProductTrace.Listener?.Invoke(TKernel.Unit, TKernel.Order.Bits, w.Rows, w.Columns, x.Count);

        // What is clipped wants activations side by side, which many tokens would drive out of the cache.
        for (int first = 0; first < x.Count; first += PanelPadding.ExcessTokens)
        {
            QuantizedRows some = x.Slice(first, Math.Min(x.Count - first, PanelPadding.ExcessTokens));
            ClippedPanels<TKernel, TPairs, TWhole>(some, w, ref Unsafe.Add(ref output, first * (nint)outputStride), outputStride, ref scratch);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ClippedPanels<TKernel, TPairs, TWhole>(
        in QuantizedRows x, in PlacedLinear w, ref float output, int outputStride, ref float scratch)
        where TKernel : struct, ITileKernel
        where TPairs : struct, ITileKernel
        where TWhole : struct, ITileKernel
    {
        int outputs = TKernel.Order.PanelOutputs;
        int panelWords = PanelPadding.ExcessWords(outputs, w.Columns);
        int stride = ExcessSums.Stride(x.Count);
        ref int starts = ref Unsafe.As<float, int>(ref Unsafe.Add(ref scratch, ScratchFloats(x.Count)));
        ref int zeros = ref Unsafe.Add(ref starts, stride * outputs);
        ref int sums = ref Unsafe.Add(ref zeros, outputs);
        ref int words = ref Unsafe.Add(ref sums, stride * outputs);
        MemoryMarshal.CreateSpan(ref zeros, outputs).Clear();
        bool isArranged = false;
        FetchParameters<TKernel>(w, 0);
        for (int row = 0; row < w.Rows; row += outputs)
        {
            FetchParameters<TKernel>(w, row + outputs);
            ref int excess = ref Unsafe.Add(ref w.Excess, row / outputs * (nint)panelWords);
            int pairs = excess == PairClipper.Whole ? 0 : Unsafe.Add(ref excess, 1);
            PlacedLinear beginning = w.StartingAt(ref zeros, 0);
            if (excess > 0)
            {
                if (!isArranged)
                {
                    ExcessSums.Arrange(x, w.Columns, ref words);
                    isArranged = true;
                }

                ExcessSums.Fill(x.Count, ref words, ref excess, outputs, ref starts, ref sums);
                beginning = w.StartingAt(ref starts, outputs);
            }

            bool isWhole = row + outputs <= w.Rows;
            ref float target = ref isWhole ? ref Unsafe.Add(ref output, row) : ref scratch;
            int targetStride = isWhole ? outputStride : outputs;
            switch (pairs)
            {
                case 2:
                    Panel<TKernel>(x, beginning, row, ref target, targetStride);
                    break;
                case 1:
                    Panel<TPairs>(x, beginning, row, ref target, targetStride);
                    break;
                default:
                    Panel<TWhole>(x, w, row, ref target, targetStride);
                    break;
            }

            if (!isWhole)
            {
                CopyColumns(ref scratch, outputs, ref Unsafe.Add(ref output, row), outputStride, x.Count, w.Rows - row);
            }
        }
    }

    /// <summary>Computes a quantized linear layer with panels that leave some vectors of the padded rows over.</summary>
    /// <typeparam name="TKernel">The micro-kernel.</typeparam>
    /// <typeparam name="TNarrow">The micro-kernel for single vectors.</typeparam>
    /// <param name="x">Activations.</param>
    /// <param name="w">Weights in the kernel's order.</param>
    /// <param name="output">First output of the first token.</param>
    /// <param name="outputStride">Floats from one token's outputs to the next.</param>
    /// <param name="scratch">At least <see cref="ScratchFloats"/> floats, or for kernels that meet bits <see cref="PanelPadding.PlanePanel"/> a token.</param>
    public static void Run<TKernel, TNarrow>(in QuantizedRows x, in PlacedLinear w, ref float output, int outputStride, ref float scratch)
        where TKernel : struct, ITileKernel
        where TNarrow : struct, ITileKernel
    {
        ProductTrace.Listener?.Invoke(TKernel.Unit, TKernel.Order.Bits, w.Rows, w.Columns, x.Count);
        int wide = TKernel.Order.WideRows(TKernel.Order.PaddedRows(w.Rows));
        Panels<TKernel>(x, w, 0, Math.Min(wide, w.Rows), ref output, outputStride, ref scratch);
        Panels<TNarrow>(x, w, wide, w.Rows, ref output, outputStride, ref scratch);
    }

    // Rows from the first, which begins a panel, to the end, which need not end one.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Panels<TKernel>(in QuantizedRows x, in PlacedLinear w, int first, int end, ref float output, int outputStride, ref float scratch)
        where TKernel : struct, ITileKernel
    {
        int panel = TKernel.Order.PanelOutputs;
        Debug.Assert(
            TKernel.Order.MeetsBits ? x.Stride >= PanelPadding.PlaneBytes(w.Columns) : w.Columns % KernelOrder.ColumnMultiple == 0 && x.Stride >= w.Columns,
            "activations cover the padded inputs");
        int row = first;
        FetchParameters<TKernel>(w, row);
        for (; row + panel <= end; row += panel)
        {
            FetchParameters<TKernel>(w, row + panel);
            Panel<TKernel>(x, w, row, ref Unsafe.Add(ref output, row), outputStride);
        }

        if (row < end)
        {
            // The last panel has padded rows, whose outputs must not land on the next token's.
            Panel<TKernel>(x, w, row, ref scratch, panel);
            CopyColumns(ref scratch, panel, ref Unsafe.Add(ref output, row), outputStride, x.Count, end - row);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Panel<TKernel>(in QuantizedRows x, in PlacedLinear w, int row, ref float output, int outputStride)
        where TKernel : struct, ITileKernel
    {
        int tile = TKernel.TileTokens;
        int tall = TKernel.TallTokens;
        int token = 0;
        for (int end = TallTiles(x.Count, tall, tile) * tall; token < end; token += tall)
        {
            TKernel.Tall(x, token, w, row, ref Unsafe.Add(ref output, (nint)token * outputStride), outputStride);
        }

        // Tokens are independent: computing some of them twice costs less than a kernel for every height.
        int left = x.Count - token;
        if (left > tile && left < tall && x.Count >= tall)
        {
            token = x.Count - tall;
            TKernel.Tall(x, token, w, row, ref Unsafe.Add(ref output, (nint)token * outputStride), outputStride);
            return;
        }

        for (; token < x.Count && x.Count >= tile; token += tile)
        {
            token = Math.Min(token, x.Count - tile);
            TKernel.Tile(x, token, w, row, ref Unsafe.Add(ref output, (nint)token * outputStride), outputStride);
        }

        for (; token < x.Count; token++)
        {
            TKernel.Single(x, token, w, row, ref Unsafe.Add(ref output, (nint)token * outputStride));
        }
    }

    // What belongs to the rows of a panel is needed at the end of its first tile, and a line or two of each kind in such intervals
    // is nothing a processor foresees.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FetchParameters<TKernel>(in PlacedLinear w, int row)
        where TKernel : struct, ITileKernel
    {
        const int CacheLine = 64;
        nint start = (nint)row * sizeof(float);
        for (nint at = start; at < start + (TKernel.Order.PanelOutputs * sizeof(float)); at += CacheLine)
        {
            Prefetch.Line(ref Unsafe.As<float, byte>(ref w.Scales), at);
            Prefetch.Line(ref Unsafe.As<int, byte>(ref w.Sums), at);
            Prefetch.Line(ref Unsafe.As<float, byte>(ref w.Bias), at * w.BiasFloats);
            if (TKernel.Order.AddsPairs)
            {
                Prefetch.Line(ref Unsafe.As<int, byte>(ref w.Depths), at);
            }
        }
    }

    // As many as fit, or up to three fewer where small tiles then take the rest exactly.
    private static int TallTiles(int tokens, int tall, int tile)
    {
        int most = tokens / tall;
        for (int count = most; count >= Math.Max(0, most - 3); count--)
        {
            if ((tokens - (count * tall)) % tile == 0)
            {
                return count;
            }
        }

        return most;
    }

    private static void CopyColumns(ref float source, int sourceStride, ref float target, int targetStride, int rows, int columns)
    {
        for (int r = 0; r < rows; r++)
        {
            for (int c = 0; c < columns; c++)
            {
                Unsafe.Add(ref target, ((nint)r * targetStride) + c) = Unsafe.Add(ref source, ((nint)r * sourceStride) + c);
            }
        }
    }
}
