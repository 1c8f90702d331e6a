using System.Runtime.CompilerServices;
using QuantGen.Kernels;
using QuantGen.Lanes;
using QuantGen.Trainable.Kernels;

namespace QuantGen.Trainable;

/// <summary>
/// The three products of a linear layer, shared among the workers. Outputs are divided, never sums, so that results do not depend on threads.
/// </summary>
internal sealed class Products(TrainingTeam team)
{
    // Rows of an item: they stay in the second-level cache while all panels pass by.
    private const int MostRows = 96;

    private readonly AlignedFloats _panels = new();
    private readonly AlignedFloats[] _columns = [.. Enumerable.Range(0, team.Workers).Select(_ => new AlignedFloats())];

    /// <summary>Computes <c>Y = X W^T</c> with an epilogue: each output is one chain over the inputs, as inference computes it.</summary>
    /// <param name="x">The inputs, [count, columns].</param>
    /// <param name="count">Rows of X and Y.</param>
    /// <param name="w">The weights, [rows, columns].</param>
    /// <param name="rows">Outputs.</param>
    /// <param name="columns">Inputs.</param>
    /// <param name="y">Receives [count, rows].</param>
    /// <param name="epilogue">What follows the sums.</param>
    public void Forward(MatrixPlace x, int count, MatrixPlace w, int rows, int columns, MatrixPlace y, in ProductEpilogue epilogue)
    {
        _panels.Reserve(PanelFloats(rows, columns));
        team.Run(new PackTransposed(w, rows, columns, _panels), PanelCount(rows));
        int perItem = RowsPerItem(count);
        team.RunOnLanes(new StoredProduct(x, count, columns, _panels, rows, y, false, epilogue, perItem), Items(count, perItem));
    }

    /// <summary>Computes <c>dX = dY (s W)</c>, or adds it: s are factors of the rows of W.</summary>
    /// <param name="dy">[count, rows].</param>
    /// <param name="count">Rows of dX and dY.</param>
    /// <param name="w">[rows, columns].</param>
    /// <param name="scales">One factor per row of W; null for 1.</param>
    /// <param name="rows">Rows of W.</param>
    /// <param name="columns">Columns of W.</param>
    /// <param name="dx">[count, columns].</param>
    /// <param name="accumulate">Whether to add.</param>
    public void InputGradient(MatrixPlace dy, int count, MatrixPlace w, float[]? scales, int rows, int columns, MatrixPlace dx, bool accumulate)
    {
        _panels.Reserve(PanelFloats(columns, rows));
        team.Run(new PackRows(w, scales, rows, columns, _panels), PanelCount(columns));
        int perItem = RowsPerItem(count);
        team.RunOnLanes(new StoredProduct(dy, count, rows, _panels, columns, dx, accumulate, default, perItem), Items(count, perItem));
    }

    /// <summary>Computes <c>dW += dY^T (s X)</c>: s are factors of the rows of X.</summary>
    /// <param name="dy">[count, rows].</param>
    /// <param name="x">[count, columns].</param>
    /// <param name="scales">One factor per row of X; null for 1.</param>
    /// <param name="count">The length of the sums.</param>
    /// <param name="rows">Rows of dW.</param>
    /// <param name="columns">Columns of dW.</param>
    /// <param name="dw">[rows, columns].</param>
    public void WeightGradient(MatrixPlace dy, MatrixPlace x, float[]? scales, int count, int rows, int columns, MatrixPlace dw)
    {
        _panels.Reserve(PanelFloats(columns, count));
        team.Run(new PackRows(x, scales, count, columns, _panels), PanelCount(columns));
        int perItem = RowsPerItem(rows);
        foreach (AlignedFloats scratch in _columns)
        {
            scratch.Reserve((long)count * perItem);
        }

        team.RunOnLanes(new ColumnProduct(dy, count, rows, _panels, columns, dw, perItem, _columns), Items(rows, perItem));
    }

    /// <summary>Returns the most floats that the products' own memory takes.</summary>
    /// <param name="rows">Outputs.</param>
    /// <param name="columns">Inputs.</param>
    /// <param name="count">Rows of X.</param>
    /// <param name="workers">Workers.</param>
    public static long ScratchFloats(int rows, int columns, int count, int workers) =>
        Math.Max(PanelFloats(Math.Max(rows, columns), Math.Max(Math.Min(rows, columns), count)), PanelFloats(rows, columns)) +
            ((long)count * MostRows * workers);

    private static long PanelFloats(int columns, int depth) => (long)((columns + 15) & ~15) * depth;

    private static int PanelCount(int columns) => (columns + TileProduct.PanelColumns - 1) / TileProduct.PanelColumns;

    // As many items for each worker, all nearly as long.
    private int RowsPerItem(int rows)
    {
        const int Tile = MatrixProduct.TileRows;
        int fewest = Math.Max(1, (rows + MostRows - 1) / MostRows);
        int items = (fewest + team.Workers - 1) / team.Workers * team.Workers;
        int even = (rows + items - 1) / items;
        return Math.Max(1, (even + Tile - 1) / Tile) * Tile;
    }

    private static int Items(int rows, int perItem) => (rows + perItem - 1) / perItem;

    private readonly struct PackTransposed(MatrixPlace w, int rows, int columns, AlignedFloats panels) : ITeamJob
    {
        public void Run(int item, int worker)
        {
            int first = item * TileProduct.PanelColumns;
            int existing = Math.Min(TileProduct.PanelColumns, rows - first);
            ref float panel = ref Unsafe.Add(ref panels.First, (nint)first * columns);
            AttentionPanels.PackKeys(ref w.Row(first), w.Stride, existing, columns, ref panel, (existing + 15) & ~15);
        }
    }

    private readonly struct PackRows(MatrixPlace source, float[]? scales, int depth, int columns, AlignedFloats panels) : ITeamJob
    {
        public void Run(int item, int worker)
        {
            int first = item * TileProduct.PanelColumns;
            int existing = Math.Min(TileProduct.PanelColumns, columns - first);
            int width = (existing + 15) & ~15;
            ref float panel = ref Unsafe.Add(ref panels.First, (nint)first * depth);
            AttentionPanels.PackValues(ref Unsafe.Add(ref source.Row(0), first), source.Stride, depth, existing, ref panel, width);
            if (scales is not null)
            {
                RowScaling.Apply(ref panel, width, depth, scales);
            }
        }
    }

    private readonly struct StoredProduct(
        MatrixPlace a, int rows, int depth, AlignedFloats panels, int columns, MatrixPlace c, bool accumulate, ProductEpilogue epilogue, int perItem) : ILaneJob
    {
        public void Run<TLanes>(int item, int worker)
            where TLanes : struct, ILanes<TLanes>
        {
            int first = item * perItem;
            int count = Math.Min(perItem, rows - first);
            MatrixProduct.Run<TLanes>(
                ProductRows.Stored(ref a.Row(first), a.Stride), count, depth, ref panels.First, columns, ref c.Row(first), c.Stride, accumulate);
            if (!epilogue.IsNothing)
            {
                RowScaling.Finish(c, first, count, columns, epilogue);
            }
        }
    }

    private readonly struct ColumnProduct(
        MatrixPlace a, int depth, int rows, AlignedFloats panels, int columns, MatrixPlace c, int perItem, AlignedFloats[] scratch) : ILaneJob
    {
        public void Run<TLanes>(int item, int worker)
            where TLanes : struct, ILanes<TLanes>
        {
            int first = item * perItem;
            int count = Math.Min(perItem, rows - first);
            ref float packed = ref scratch[worker].First;
            ProductRows.PackColumns(ref Unsafe.Add(ref a.Row(0), first), a.Stride, depth, count, ref packed);
            MatrixProduct.Run<TLanes>(
                ProductRows.Packed(ref packed, depth), count, depth, ref panels.First, columns, ref c.Row(first), c.Stride, accumulate: true);
        }
    }
}
