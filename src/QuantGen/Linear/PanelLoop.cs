using System.Diagnostics;
using System.Runtime.CompilerServices;
using QuantGen.Execution;

namespace QuantGen.Linear;

/// <summary>Walks a linear layer panel by panel and, inside a panel, tile by tile, so that a panel's codes stay in the nearest cache.</summary>
public static class PanelLoop
{
    /// <summary>Floats of scratch that <see cref="Run"/> needs for a panel that is only partly filled.</summary>
    /// <param name="tokens">Most tokens of a call.</param>
    public static int ScratchFloats(int tokens) => tokens * KernelOrder.RowMultiple;

    /// <summary>Computes a quantized linear layer.</summary>
    /// <typeparam name="TKernel">The micro-kernel.</typeparam>
    /// <param name="x">Activations.</param>
    /// <param name="w">Weights in the kernel's order.</param>
    /// <param name="output">First output of the first token.</param>
    /// <param name="outputStride">Floats from one token's outputs to the next.</param>
    /// <param name="scratch">At least <see cref="ScratchFloats"/> floats.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TKernel>(in QuantizedRows x, in PlacedLinear w, ref float output, int outputStride, ref float scratch)
        where TKernel : struct, ITileKernel
    {
        ProductTrace.Listener?.Invoke(typeof(TKernel), TKernel.Order.Bits, w.Rows, w.Columns, x.Count);
        int panel = TKernel.Order.PanelOutputs;
        Debug.Assert(w.Columns % KernelOrder.ColumnMultiple == 0 && x.Stride >= w.Columns, "activations cover the padded inputs");
        int row = 0;
        for (; row + panel <= w.Rows; row += panel)
        {
            Panel<TKernel>(x, w, row, ref Unsafe.Add(ref output, row), outputStride);
        }

        if (row < w.Rows)
        {
            // The last panel has padded rows, whose outputs must not land on the next token's.
            Panel<TKernel>(x, w, row, ref scratch, panel);
            CopyColumns(ref scratch, panel, ref Unsafe.Add(ref output, row), outputStride, x.Count, w.Rows - row);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Panel<TKernel>(in QuantizedRows x, in PlacedLinear w, int row, ref float output, int outputStride)
        where TKernel : struct, ITileKernel
    {
        int tile = TKernel.TileTokens;
        int token = 0;
        for (; token + tile <= x.Count; token += tile)
        {
            TKernel.Tile(x, token, w, row, ref Unsafe.Add(ref output, (nint)token * outputStride), outputStride);
        }

        if (token < x.Count && x.Count >= tile)
        {
            // Tokens are independent: computing some of them twice costs less than a kernel for every height.
            token = x.Count - tile;
            TKernel.Tile(x, token, w, row, ref Unsafe.Add(ref output, (nint)token * outputStride), outputStride);
            return;
        }

        for (; token < x.Count; token++)
        {
            TKernel.Single(x, token, w, row, ref Unsafe.Add(ref output, (nint)token * outputStride));
        }
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
