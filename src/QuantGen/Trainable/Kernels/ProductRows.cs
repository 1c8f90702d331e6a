using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace QuantGen.Trainable.Kernels;

/// <summary>Where the elements of A stand for <see cref="MatrixProduct"/>.</summary>
internal readonly ref struct ProductRows
{
    private ProductRows(ref float first, nint rowStride, nint depthStride, nint tileStride)
    {
        First = ref first;
        RowStride = rowStride;
        DepthStride = depthStride;
        TileStride = tileStride;
    }

    /// <summary>Gets the first element.</summary>
    public readonly ref float First;

    /// <summary>Gets the elements from row to row inside a tile.</summary>
    public nint RowStride { get; }

    /// <summary>Gets the elements from one step of the depth to the next.</summary>
    public nint DepthStride { get; }

    /// <summary>Gets the elements from tile to tile.</summary>
    public nint TileStride { get; }

    /// <summary>Rows one after the other, as matrices are stored.</summary>
    public static ProductRows Stored(ref float first, nint stride) => new(ref first, stride, 1, stride * MatrixProduct.TileRows);

    /// <summary>Columns of a stored matrix as rows: for small matrices, whose lines stay in the first cache.</summary>
    public static ProductRows Transposed(ref float first, nint stride) => new(ref first, 1, stride, MatrixProduct.TileRows);

    /// <summary>Columns of a matrix as rows, in tiles: see <see cref="PackColumns"/>.</summary>
    public static ProductRows Packed(ref float first, int depth) => new(ref first, 1, MatrixProduct.TileRows, (nint)depth * MatrixProduct.TileRows);

    /// <summary>Brings some columns of a matrix into tiles: for each tile, step after step, its columns beside each other.</summary>
    /// <param name="matrix">The first of the columns in the first row.</param>
    /// <param name="stride">Elements from row to row.</param>
    /// <param name="depth">Rows of the matrix.</param>
    /// <param name="columns">How many columns.</param>
    /// <param name="packed">Receives them, columns rounded up to whole tiles.</param>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void PackColumns(ref float matrix, nint stride, int depth, int columns, ref float packed)
    {
        const int Tile = MatrixProduct.TileRows;
        int whole = columns / Tile;
        for (nint k = 0; k < depth; k++)
        {
            ref float source = ref Unsafe.Add(ref matrix, k * stride);
            ref float target = ref Unsafe.Add(ref packed, k * Tile);
            for (int tile = 0; tile < whole; tile++)
            {
                // Six floats: four and two.
                Vector128.LoadUnsafe(ref source).StoreUnsafe(ref target);
                Unsafe.As<float, double>(ref Unsafe.Add(ref target, 4)) = Unsafe.As<float, double>(ref Unsafe.Add(ref source, 4));
                source = ref Unsafe.Add(ref source, Tile);
                target = ref Unsafe.Add(ref target, (nint)depth * Tile);
            }

            for (int i = 0; i < columns - (whole * Tile); i++)
            {
                Unsafe.Add(ref target, i) = Unsafe.Add(ref source, i);
            }
        }
    }
}
