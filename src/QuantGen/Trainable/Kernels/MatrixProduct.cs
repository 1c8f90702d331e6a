using System.Runtime.CompilerServices;
using QuantGen.Kernels;
using QuantGen.Lanes;

namespace QuantGen.Trainable.Kernels;

/// <summary>Large float matrix products over panels, <c>C = A B</c> or <c>C += A B</c>, for training.</summary>
/// <remarks>
/// B is packed like the panels of <see cref="TileProduct"/>. Each element is one chain of fused steps over the depth, ascending, from +0 or from
/// what C held: the depth is walked in blocks that fit the caches, and between them the chain waits in C. So neither the blocks nor tiles, lanes or
/// threads change a bit, and a product equals what the full-precision inference kernels compute.
/// </remarks>
internal static class MatrixProduct
{
    /// <summary>Rows of a tile.</summary>
    public const int TileRows = 6;

    // A block of a panel is 256 KB then, a part of the second-level cache.
    private const int DepthBlock = 1024;

    /// <summary>Computes the product for some rows.</summary>
    /// <param name="a">The rows of A.</param>
    /// <param name="rows">How many, at least 1.</param>
    /// <param name="depth">The length of the chains.</param>
    /// <param name="panels">B.</param>
    /// <param name="columns">The columns of B and C.</param>
    /// <param name="c">The first row of C.</param>
    /// <param name="cStride">Elements from one row of C to the next.</param>
    /// <param name="accumulate">Whether chains go on from what C holds.</param>
    public static void Run<TLanes>(in ProductRows a, int rows, int depth, ref float panels, int columns, ref float c, nint cStride, bool accumulate)
        where TLanes : struct, ILanes<TLanes>
    {
        for (int k = 0; k < depth; k += DepthBlock)
        {
            int steps = Math.Min(DepthBlock, depth - k);
            bool goesOn = accumulate || k > 0;
            for (int first = 0; first < columns; first += TileProduct.PanelColumns)
            {
                int width = Math.Min(TileProduct.PanelColumns, RoundUp(columns) - first);
                ref float panel = ref Unsafe.Add(ref panels, (first * (nint)depth) + (k * (nint)width));
                for (int row = 0; row < rows; row += TileRows)
                {
                    ref float tile = ref Unsafe.Add(ref a.First, (row / TileRows * a.TileStride) + (k * a.DepthStride));
                    ref float target = ref Unsafe.Add(ref c, (row * cStride) + first);
                    Columns<TLanes>(ref tile, a, rows - 1 - row, steps, ref panel, width, columns - first, ref target, cStride, goesOn);
                }
            }
        }
    }

    // Missing rows of a tile repeat the last one: they read and write what it does.
    private static void Columns<TLanes>(
        ref float a, in ProductRows rows, int last, int depth, ref float panel, int width, int existing, ref float c, nint cStride, bool goesOn)
        where TLanes : struct, ILanes<TLanes>
    {
        int column = 0;
        if (TLanes.Registers == 1)
        {
            for (; column + 64 <= Math.Min(width, existing); column += 64)
            {
                Tile6X4<TLanes>(
                    ref a, rows.RowStride, rows.DepthStride, last, depth, ref Unsafe.Add(ref panel, column), width, ref Unsafe.Add(ref c, column), cStride,
                    goesOn);
            }
        }

        for (; column < Math.Min(width, existing); column += 16)
        {
            ref float b = ref Unsafe.Add(ref panel, column);
            ref float target = ref Unsafe.Add(ref c, column);
            if (column + 16 <= existing)
            {
                Tile6X1<TLanes>(ref a, rows.RowStride, rows.DepthStride, last, depth, ref b, width, ref target, cStride, goesOn);
            }
            else
            {
                Partial<TLanes>(ref a, rows, last, depth, ref b, width, existing - column, ref target, cStride, goesOn);
            }
        }
    }

    // The columns of C end inside a vector: the tile is computed beside it.
    private static void Partial<TLanes>(
        ref float a, in ProductRows rows, int last, int depth, ref float b, nint bStride, int existing, ref float c, nint cStride, bool goesOn)
        where TLanes : struct, ILanes<TLanes>
    {
        Span<float> tile = stackalloc float[TileRows * 16];
        tile.Clear();
        int count = Math.Min(TileRows, last + 1);
        for (int row = 0; row < count && goesOn; row++)
        {
            Copy(ref Unsafe.Add(ref c, row * cStride), ref tile[row * 16], existing);
        }

        Tile6X1<TLanes>(ref a, rows.RowStride, rows.DepthStride, last, depth, ref b, bStride, ref tile[0], 16, goesOn);
        for (int row = 0; row < count; row++)
        {
            Copy(ref tile[row * 16], ref Unsafe.Add(ref c, row * cStride), existing);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Tile6X4<TLanes>(
        ref float a, nint aStride, nint aStep, int last, int depth, ref float b, nint bStride, ref float c, nint cStride, bool goesOn)
        where TLanes : struct, ILanes<TLanes>
    {
        ref float a1 = ref Unsafe.Add(ref a, Math.Min(1, last) * aStride);
        ref float a2 = ref Unsafe.Add(ref a, Math.Min(2, last) * aStride);
        ref float a3 = ref Unsafe.Add(ref a, Math.Min(3, last) * aStride);
        ref float a4 = ref Unsafe.Add(ref a, Math.Min(4, last) * aStride);
        ref float a5 = ref Unsafe.Add(ref a, Math.Min(5, last) * aStride);
        ref float c1 = ref Unsafe.Add(ref c, Math.Min(1, last) * cStride);
        ref float c2 = ref Unsafe.Add(ref c, Math.Min(2, last) * cStride);
        ref float c3 = ref Unsafe.Add(ref c, Math.Min(3, last) * cStride);
        ref float c4 = ref Unsafe.Add(ref c, Math.Min(4, last) * cStride);
        ref float c5 = ref Unsafe.Add(ref c, Math.Min(5, last) * cStride);
        FourLanes<TLanes> s0 = default;
        FourLanes<TLanes> s1 = default;
        FourLanes<TLanes> s2 = default;
        FourLanes<TLanes> s3 = default;
        FourLanes<TLanes> s4 = default;
        FourLanes<TLanes> s5 = default;
        if (goesOn)
        {
            s0.Load(ref c);
            s1.Load(ref c1);
            s2.Load(ref c2);
            s3.Load(ref c3);
            s4.Load(ref c4);
            s5.Load(ref c5);
        }

        nint at = 0;
        for (; depth > 0; depth--)
        {
            TLanes b0 = TLanes.Load(ref b, 0);
            TLanes b1 = TLanes.Load(ref b, 16);
            TLanes b2 = TLanes.Load(ref b, 32);
            TLanes b3 = TLanes.Load(ref b, 48);
            s0.Accumulate(TLanes.Broadcast(Unsafe.Add(ref a, at)), b0, b1, b2, b3);
            s1.Accumulate(TLanes.Broadcast(Unsafe.Add(ref a1, at)), b0, b1, b2, b3);
            s2.Accumulate(TLanes.Broadcast(Unsafe.Add(ref a2, at)), b0, b1, b2, b3);
            s3.Accumulate(TLanes.Broadcast(Unsafe.Add(ref a3, at)), b0, b1, b2, b3);
            s4.Accumulate(TLanes.Broadcast(Unsafe.Add(ref a4, at)), b0, b1, b2, b3);
            s5.Accumulate(TLanes.Broadcast(Unsafe.Add(ref a5, at)), b0, b1, b2, b3);
            at += aStep;
            b = ref Unsafe.Add(ref b, bStride);
        }

        s0.Store(ref c);
        s1.Store(ref c1);
        s2.Store(ref c2);
        s3.Store(ref c3);
        s4.Store(ref c4);
        s5.Store(ref c5);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Tile6X1<TLanes>(
        ref float a, nint aStride, nint aStep, int last, int depth, ref float b, nint bStride, ref float c, nint cStride, bool goesOn)
        where TLanes : struct, ILanes<TLanes>
    {
        ref float a1 = ref Unsafe.Add(ref a, Math.Min(1, last) * aStride);
        ref float a2 = ref Unsafe.Add(ref a, Math.Min(2, last) * aStride);
        ref float a3 = ref Unsafe.Add(ref a, Math.Min(3, last) * aStride);
        ref float a4 = ref Unsafe.Add(ref a, Math.Min(4, last) * aStride);
        ref float a5 = ref Unsafe.Add(ref a, Math.Min(5, last) * aStride);
        TLanes zero = TLanes.Broadcast(0f);
        TLanes s0 = goesOn ? TLanes.Load(ref c, 0) : zero;
        TLanes s1 = goesOn ? TLanes.Load(ref c, (nuint)(Math.Min(1, last) * cStride)) : zero;
        TLanes s2 = goesOn ? TLanes.Load(ref c, (nuint)(Math.Min(2, last) * cStride)) : zero;
        TLanes s3 = goesOn ? TLanes.Load(ref c, (nuint)(Math.Min(3, last) * cStride)) : zero;
        TLanes s4 = goesOn ? TLanes.Load(ref c, (nuint)(Math.Min(4, last) * cStride)) : zero;
        TLanes s5 = goesOn ? TLanes.Load(ref c, (nuint)(Math.Min(5, last) * cStride)) : zero;
        nint at = 0;
        for (; depth > 0; depth--)
        {
            TLanes b0 = TLanes.Load(ref b, 0);
            TLanes.Accumulate(ref s0, TLanes.Broadcast(Unsafe.Add(ref a, at)), b0);
            TLanes.Accumulate(ref s1, TLanes.Broadcast(Unsafe.Add(ref a1, at)), b0);
            TLanes.Accumulate(ref s2, TLanes.Broadcast(Unsafe.Add(ref a2, at)), b0);
            TLanes.Accumulate(ref s3, TLanes.Broadcast(Unsafe.Add(ref a3, at)), b0);
            TLanes.Accumulate(ref s4, TLanes.Broadcast(Unsafe.Add(ref a4, at)), b0);
            TLanes.Accumulate(ref s5, TLanes.Broadcast(Unsafe.Add(ref a5, at)), b0);
            at += aStep;
            b = ref Unsafe.Add(ref b, bStride);
        }

        TLanes.Store(s0, ref c, 0);
        TLanes.Store(s1, ref c, (nuint)(Math.Min(1, last) * cStride));
        TLanes.Store(s2, ref c, (nuint)(Math.Min(2, last) * cStride));
        TLanes.Store(s3, ref c, (nuint)(Math.Min(3, last) * cStride));
        TLanes.Store(s4, ref c, (nuint)(Math.Min(4, last) * cStride));
        TLanes.Store(s5, ref c, (nuint)(Math.Min(5, last) * cStride));
    }

    private static void Copy(ref float source, ref float destination, int count) =>
        Unsafe.CopyBlockUnaligned(ref Unsafe.As<float, byte>(ref destination), ref Unsafe.As<float, byte>(ref source), (uint)count * sizeof(float));

    private static int RoundUp(int count) => (count + 15) & ~15;
}
