using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace QuantGen.Linear;

/// <summary>Walks a full-precision layer panel by panel and, inside a panel, tile by tile.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class FloatPanelLoop
{
    /// <summary>Computes a full-precision linear layer.</summary>
    /// <typeparam name="TWide">The kernel for panels it divides.</typeparam>
    /// <typeparam name="TNarrow">The kernel for sixteen outputs.</typeparam>
    /// <param name="input">First input of the first token.</param>
    /// <param name="inputStride">Floats from token to token.</param>
    /// <param name="count">Tokens.</param>
    /// <param name="weights">Weights in the order of <see cref="FloatPanels"/>.</param>
    /// <param name="bias">Biases, padded like the weights.</param>
    /// <param name="rows">Outputs.</param>
    /// <param name="columns">Inputs.</param>
    /// <param name="output">First output of the first token.</param>
    /// <param name="outputStride">Floats from token to token.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TWide, TNarrow>(
        ref float input, int inputStride, int count, ref float weights, ref float bias, int rows, int columns, ref float output, int outputStride)
        where TWide : struct, IFloatTileKernel
        where TNarrow : struct, IFloatTileKernel
    {
        ProductTrace.Listener?.Invoke(TWide.Unit, 32, rows, columns, count);
        int padded = FloatPanels.PaddedRows(rows);
        for (int first = 0; first < padded; first += FloatPanels.Outputs)
        {
            int width = Math.Min(FloatPanels.Outputs, padded - first);
            ref float panel = ref Unsafe.Add(ref weights, (nint)first * columns);
            if (width % TWide.TileOutputs == 0)
            {
                Panel<TWide>(ref input, inputStride, count, ref panel, width, ref bias, first, rows, columns, ref output, outputStride);
            }
            else
            {
                Panel<TNarrow>(ref input, inputStride, count, ref panel, width, ref bias, first, rows, columns, ref output, outputStride);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Panel<TKernel>(
        ref float input, int inputStride, int count, ref float panel, int width, ref float bias, int first, int rows, int columns, ref float output,
        int outputStride)
        where TKernel : struct, IFloatTileKernel
    {
        for (int column = 0; column < width && first + column < rows; column += TKernel.TileOutputs)
        {
            int row = first + column;
            ref float weights = ref Unsafe.Add(ref panel, column);
            ref float target = ref Unsafe.Add(ref output, row);
            if (row + TKernel.TileOutputs <= rows)
            {
                Tokens<TKernel>(ref input, inputStride, count, ref weights, width, ref Unsafe.Add(ref bias, row), columns, ref target, outputStride);
            }
            else
            {
                Partial<TKernel>(
                    ref input, inputStride, count, ref weights, width, ref Unsafe.Add(ref bias, row), columns, ref target, outputStride, rows - row);
            }
        }
    }

    // A tile with padded outputs, which must not land on the next token's: token by token through a buffer.
    private static void Partial<TKernel>(
        ref float input, int inputStride, int count, ref float weights, int width, ref float bias, int columns, ref float output, int outputStride, int outputs)
        where TKernel : struct, IFloatTileKernel
    {
        Span<float> all = stackalloc float[FloatPanels.Outputs];
        for (int token = 0; token < count; token++)
        {
            TKernel.Single(
                ref Unsafe.Add(ref input, (nint)token * inputStride), inputStride, ref weights, width, ref bias, columns, ref all[0], FloatPanels.Outputs);
            all.Slice(0, outputs).CopyTo(MemoryMarshal.CreateSpan(ref Unsafe.Add(ref output, (nint)token * outputStride), outputs));
        }
    }

    private static void Tokens<TKernel>(
        ref float input, int inputStride, int count, ref float weights, int width, ref float bias, int columns, ref float output, int outputStride)
        where TKernel : struct, IFloatTileKernel
    {
        // The first tiles fetch the next panel, each a line of sixteen floats for every input; what follows narrower panels is left to the processor.
        const int Line = 16;
        int fetching = width == TKernel.TileOutputs ? TKernel.TileOutputs / Line : 0;
        ref float next = ref Unsafe.Add(ref weights, (nint)width * columns);
        int tile = TKernel.TileTokens;
        int token = 0;
        while (count - token >= tile || (token > 0 && token < count && count >= tile))
        {
            // Tokens are independent: the last tile overlaps the one before it rather than having a kernel of its own height.
            token = Math.Min(token, count - tile);
            bool fetches = fetching > 0;
            TKernel.Tile(
                ref Unsafe.Add(ref input, (nint)token * inputStride), inputStride, ref weights, width, ref bias, columns,
                ref Unsafe.Add(ref output, (nint)token * outputStride), outputStride, ref fetches ? ref next : ref weights, fetches ? Line : 0);
            next = ref Unsafe.Add(ref next, Line * (nint)columns);
            fetching--;
            token += tile;
        }

        for (; token < count; token++)
        {
            TKernel.Single(
                ref Unsafe.Add(ref input, (nint)token * inputStride), inputStride, ref weights, width, ref bias, columns,
                ref Unsafe.Add(ref output, (nint)token * outputStride), outputStride);
        }
    }
}
