using System.Runtime.CompilerServices;
using QuantGen.Lanes;

namespace QuantGen.Kernels;

/// <summary>A matrix product over panels, in register tiles: <c>C = factor * (A B)</c>, of floats or of pairs of 16-bit integers.</summary>
/// <remarks>
/// An element of A or B is four bytes: a float, or two integers that follow each other along the depth, which then counts pairs (<see cref="ITileStep"/>).
/// B is packed in panels of <see cref="PanelColumns"/> columns, the last one narrower but a multiple of 16: panel p starts at
/// <c>p * PanelColumns * depth</c> and holds depth rows of its width. Each element is one chain of fused steps over the depth, ascending
/// from +0, then one multiplication by the factor; integers are summed exactly and rounded to float once before it. Tiles and lane types change nothing in it.
/// </remarks>
internal static class TileProduct
{
    /// <summary>Columns in a full panel.</summary>
    public const int PanelColumns = 64;

    /// <summary>Computes a product of floats, as the other form does with pairs of integers.</summary>
    public static void Run<TLanes>(
        ref float a, nint aStride, int rows, int depth, ref float panels, int columns, float factor, ref float c, nint cStride)
        where TLanes : struct, ILanes<TLanes> =>
        Run<TLanes, ITileStep.Floats>(ref a, aStride, rows, depth, ref panels, columns, factor, ref c, cStride);

    /// <summary>Computes the product for some rows of A.</summary>
    /// <param name="a">The first row of A, <paramref name="depth"/> long.</param>
    /// <param name="aStride">Elements from one row of A to the next.</param>
    /// <param name="rows">How many rows, at least 1.</param>
    /// <param name="depth">The length of the chains.</param>
    /// <param name="panels">B.</param>
    /// <param name="columns">The columns of B, a multiple of 16.</param>
    /// <param name="factor">Multiplies every element at the end; 1 changes no bit.</param>
    /// <param name="c">The first row of C, <paramref name="columns"/> long.</param>
    /// <param name="cStride">Elements from one row of C to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TLanes, TProduct>(
        ref float a, nint aStride, int rows, int depth, ref float panels, int columns, float factor, ref float c, nint cStride)
        where TLanes : struct, ILanes<TLanes>
        where TProduct : struct, ITileStep
    {
        int tileRows = TLanes.Registers <= 2 ? 4 : 2;
        TLanes factors = TLanes.Broadcast(factor);
        for (int start = 0; start < columns; start += PanelColumns)
        {
            ref float panel = ref Unsafe.Add(ref panels, start * (nint)depth);
            int width = Math.Min(PanelColumns, columns - start);
            for (int row = 0; row < rows; row += tileRows)
            {
                ref float aTile = ref Unsafe.Add(ref a, row * aStride);
                ref float cTile = ref Unsafe.Add(ref c, (row * cStride) + start);
                PanelRows<TLanes, TProduct>(ref aTile, aStride, rows - 1 - row, depth, ref panel, width, factors, ref cTile, cStride);
            }
        }
    }

    // The tiles fit the registers: accumulators, one row of B and one broadcast. `last` is the last existing row of the tile; the rows
    // after it repeat it, so that one shape of tile serves every count and nothing outside the rows is touched.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void PanelRows<TLanes, TProduct>(
        ref float a, nint aStride, int last, int depth, ref float panel, int width, TLanes factor, ref float c, nint cStride)
        where TLanes : struct, ILanes<TLanes>
        where TProduct : struct, ITileStep
    {
        int column = 0;
        if (TLanes.Registers == 1)
        {
            for (; column + 64 <= width; column += 64)
            {
                Tile4X4<TLanes, TProduct>(
                    ref a, aStride, last, depth, ref Unsafe.Add(ref panel, column), width, factor, ref Unsafe.Add(ref c, column), cStride);
            }

            for (; column + 32 <= width; column += 32)
            {
                Tile4X2<TLanes, TProduct>(
                    ref a, aStride, last, depth, ref Unsafe.Add(ref panel, column), width, factor, ref Unsafe.Add(ref c, column), cStride);
            }
        }

        for (; column < width; column += 16)
        {
            if (TLanes.Registers <= 2)
            {
                Tile4X1<TLanes, TProduct>(
                    ref a, aStride, last, depth, ref Unsafe.Add(ref panel, column), width, factor, ref Unsafe.Add(ref c, column), cStride);
            }
            else
            {
                Tile2X1<TLanes, TProduct>(
                    ref a, aStride, last, depth, ref Unsafe.Add(ref panel, column), width, factor, ref Unsafe.Add(ref c, column), cStride);
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Tile4X4<TLanes, TProduct>(
        ref float a, nint aStride, int last, int depth, ref float b, nint bStride, TLanes factor, ref float c, nint cStride)
        where TLanes : struct, ILanes<TLanes>
        where TProduct : struct, ITileStep
    {
        ref float a1 = ref Unsafe.Add(ref a, Math.Min(1, last) * aStride);
        ref float a2 = ref Unsafe.Add(ref a, Math.Min(2, last) * aStride);
        ref float a3 = ref Unsafe.Add(ref a, Math.Min(3, last) * aStride);
        TLanes s00 = TLanes.Broadcast(0f);
        TLanes s01 = s00;
        TLanes s02 = s00;
        TLanes s03 = s00;
        TLanes s10 = s00;
        TLanes s11 = s00;
        TLanes s12 = s00;
        TLanes s13 = s00;
        TLanes s20 = s00;
        TLanes s21 = s00;
        TLanes s22 = s00;
        TLanes s23 = s00;
        TLanes s30 = s00;
        TLanes s31 = s00;
        TLanes s32 = s00;
        TLanes s33 = s00;
        for (nint k = 0; k < depth; k++)
        {
            TLanes b0 = TLanes.Load(ref b, 0);
            TLanes b1 = TLanes.Load(ref b, 16);
            TLanes b2 = TLanes.Load(ref b, 32);
            TLanes b3 = TLanes.Load(ref b, 48);
            TLanes x0 = TLanes.Broadcast(Unsafe.Add(ref a, k));
            TProduct.Accumulate(ref s00, x0, b0);
            TProduct.Accumulate(ref s01, x0, b1);
            TProduct.Accumulate(ref s02, x0, b2);
            TProduct.Accumulate(ref s03, x0, b3);
            TLanes x1 = TLanes.Broadcast(Unsafe.Add(ref a1, k));
            TProduct.Accumulate(ref s10, x1, b0);
            TProduct.Accumulate(ref s11, x1, b1);
            TProduct.Accumulate(ref s12, x1, b2);
            TProduct.Accumulate(ref s13, x1, b3);
            TLanes x2 = TLanes.Broadcast(Unsafe.Add(ref a2, k));
            TProduct.Accumulate(ref s20, x2, b0);
            TProduct.Accumulate(ref s21, x2, b1);
            TProduct.Accumulate(ref s22, x2, b2);
            TProduct.Accumulate(ref s23, x2, b3);
            TLanes x3 = TLanes.Broadcast(Unsafe.Add(ref a3, k));
            TProduct.Accumulate(ref s30, x3, b0);
            TProduct.Accumulate(ref s31, x3, b1);
            TProduct.Accumulate(ref s32, x3, b2);
            TProduct.Accumulate(ref s33, x3, b3);
            b = ref Unsafe.Add(ref b, bStride);
        }

        TLanes.Store(TProduct.Finish(s00, factor), ref c, 0);
        TLanes.Store(TProduct.Finish(s01, factor), ref c, 16);
        TLanes.Store(TProduct.Finish(s02, factor), ref c, 32);
        TLanes.Store(TProduct.Finish(s03, factor), ref c, 48);

        ref float c1 = ref Unsafe.Add(ref c, Math.Min(1, last) * cStride);
        TLanes.Store(TProduct.Finish(s10, factor), ref c1, 0);
        TLanes.Store(TProduct.Finish(s11, factor), ref c1, 16);
        TLanes.Store(TProduct.Finish(s12, factor), ref c1, 32);
        TLanes.Store(TProduct.Finish(s13, factor), ref c1, 48);

        ref float c2 = ref Unsafe.Add(ref c, Math.Min(2, last) * cStride);
        TLanes.Store(TProduct.Finish(s20, factor), ref c2, 0);
        TLanes.Store(TProduct.Finish(s21, factor), ref c2, 16);
        TLanes.Store(TProduct.Finish(s22, factor), ref c2, 32);
        TLanes.Store(TProduct.Finish(s23, factor), ref c2, 48);

        ref float c3 = ref Unsafe.Add(ref c, Math.Min(3, last) * cStride);
        TLanes.Store(TProduct.Finish(s30, factor), ref c3, 0);
        TLanes.Store(TProduct.Finish(s31, factor), ref c3, 16);
        TLanes.Store(TProduct.Finish(s32, factor), ref c3, 32);
        TLanes.Store(TProduct.Finish(s33, factor), ref c3, 48);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Tile4X2<TLanes, TProduct>(
        ref float a, nint aStride, int last, int depth, ref float b, nint bStride, TLanes factor, ref float c, nint cStride)
        where TLanes : struct, ILanes<TLanes>
        where TProduct : struct, ITileStep
    {
        ref float a1 = ref Unsafe.Add(ref a, Math.Min(1, last) * aStride);
        ref float a2 = ref Unsafe.Add(ref a, Math.Min(2, last) * aStride);
        ref float a3 = ref Unsafe.Add(ref a, Math.Min(3, last) * aStride);
        TLanes s00 = TLanes.Broadcast(0f);
        TLanes s01 = s00;
        TLanes s10 = s00;
        TLanes s11 = s00;
        TLanes s20 = s00;
        TLanes s21 = s00;
        TLanes s30 = s00;
        TLanes s31 = s00;
        for (nint k = 0; k < depth; k++)
        {
            TLanes b0 = TLanes.Load(ref b, 0);
            TLanes b1 = TLanes.Load(ref b, 16);
            TLanes x0 = TLanes.Broadcast(Unsafe.Add(ref a, k));
            TProduct.Accumulate(ref s00, x0, b0);
            TProduct.Accumulate(ref s01, x0, b1);
            TLanes x1 = TLanes.Broadcast(Unsafe.Add(ref a1, k));
            TProduct.Accumulate(ref s10, x1, b0);
            TProduct.Accumulate(ref s11, x1, b1);
            TLanes x2 = TLanes.Broadcast(Unsafe.Add(ref a2, k));
            TProduct.Accumulate(ref s20, x2, b0);
            TProduct.Accumulate(ref s21, x2, b1);
            TLanes x3 = TLanes.Broadcast(Unsafe.Add(ref a3, k));
            TProduct.Accumulate(ref s30, x3, b0);
            TProduct.Accumulate(ref s31, x3, b1);
            b = ref Unsafe.Add(ref b, bStride);
        }

        TLanes.Store(TProduct.Finish(s00, factor), ref c, 0);
        TLanes.Store(TProduct.Finish(s01, factor), ref c, 16);

        ref float c1 = ref Unsafe.Add(ref c, Math.Min(1, last) * cStride);
        TLanes.Store(TProduct.Finish(s10, factor), ref c1, 0);
        TLanes.Store(TProduct.Finish(s11, factor), ref c1, 16);

        ref float c2 = ref Unsafe.Add(ref c, Math.Min(2, last) * cStride);
        TLanes.Store(TProduct.Finish(s20, factor), ref c2, 0);
        TLanes.Store(TProduct.Finish(s21, factor), ref c2, 16);

        ref float c3 = ref Unsafe.Add(ref c, Math.Min(3, last) * cStride);
        TLanes.Store(TProduct.Finish(s30, factor), ref c3, 0);
        TLanes.Store(TProduct.Finish(s31, factor), ref c3, 16);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Tile4X1<TLanes, TProduct>(
        ref float a, nint aStride, int last, int depth, ref float b, nint bStride, TLanes factor, ref float c, nint cStride)
        where TLanes : struct, ILanes<TLanes>
        where TProduct : struct, ITileStep
    {
        ref float a1 = ref Unsafe.Add(ref a, Math.Min(1, last) * aStride);
        ref float a2 = ref Unsafe.Add(ref a, Math.Min(2, last) * aStride);
        ref float a3 = ref Unsafe.Add(ref a, Math.Min(3, last) * aStride);
        TLanes s00 = TLanes.Broadcast(0f);
        TLanes s10 = s00;
        TLanes s20 = s00;
        TLanes s30 = s00;
        for (nint k = 0; k < depth; k++)
        {
            TLanes b0 = TLanes.Load(ref b, 0);
            TLanes x0 = TLanes.Broadcast(Unsafe.Add(ref a, k));
            TProduct.Accumulate(ref s00, x0, b0);
            TLanes x1 = TLanes.Broadcast(Unsafe.Add(ref a1, k));
            TProduct.Accumulate(ref s10, x1, b0);
            TLanes x2 = TLanes.Broadcast(Unsafe.Add(ref a2, k));
            TProduct.Accumulate(ref s20, x2, b0);
            TLanes x3 = TLanes.Broadcast(Unsafe.Add(ref a3, k));
            TProduct.Accumulate(ref s30, x3, b0);
            b = ref Unsafe.Add(ref b, bStride);
        }

        TLanes.Store(TProduct.Finish(s00, factor), ref c, 0);

        ref float c1 = ref Unsafe.Add(ref c, Math.Min(1, last) * cStride);
        TLanes.Store(TProduct.Finish(s10, factor), ref c1, 0);

        ref float c2 = ref Unsafe.Add(ref c, Math.Min(2, last) * cStride);
        TLanes.Store(TProduct.Finish(s20, factor), ref c2, 0);

        ref float c3 = ref Unsafe.Add(ref c, Math.Min(3, last) * cStride);
        TLanes.Store(TProduct.Finish(s30, factor), ref c3, 0);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Tile2X1<TLanes, TProduct>(
        ref float a, nint aStride, int last, int depth, ref float b, nint bStride, TLanes factor, ref float c, nint cStride)
        where TLanes : struct, ILanes<TLanes>
        where TProduct : struct, ITileStep
    {
        ref float a1 = ref Unsafe.Add(ref a, Math.Min(1, last) * aStride);
        TLanes s00 = TLanes.Broadcast(0f);
        TLanes s10 = s00;
        for (nint k = 0; k < depth; k++)
        {
            TLanes b0 = TLanes.Load(ref b, 0);
            TLanes x0 = TLanes.Broadcast(Unsafe.Add(ref a, k));
            TProduct.Accumulate(ref s00, x0, b0);
            TLanes x1 = TLanes.Broadcast(Unsafe.Add(ref a1, k));
            TProduct.Accumulate(ref s10, x1, b0);
            b = ref Unsafe.Add(ref b, bStride);
        }

        TLanes.Store(TProduct.Finish(s00, factor), ref c, 0);

        ref float c1 = ref Unsafe.Add(ref c, Math.Min(1, last) * cStride);
        TLanes.Store(TProduct.Finish(s10, factor), ref c1, 0);
    }
}
