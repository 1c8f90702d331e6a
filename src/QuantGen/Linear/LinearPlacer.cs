using System.Runtime.InteropServices;
using QuantGen.Files;
using QuantGen.Packed;
using QuantGen.Specs;

namespace QuantGen.Linear;

/// <summary>Copies linear layers from a packed file into the order of the kernels. Called by generated code while a model loads.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class LinearPlacer
{
    /// <summary>Places a run of rows with equal bits.</summary>
    /// <param name="model">The packed file.</param>
    /// <param name="arena">The weights of the loaded model.</param>
    /// <param name="name">Canonical name of the matrix.</param>
    /// <param name="segment">Which of the matrix's runs of equal bits.</param>
    /// <param name="order">The order its kernel reads.</param>
    /// <param name="place">Where it goes.</param>
    public static void Place(PackedModel model, WeightArena arena, string name, int segment, KernelOrder order, LinearPlace place)
    {
        if (model.IsPlacedByFirst(name))
        {
            return;
        }

        MatrixSpec matrix = model.Spec.Matrix(name);
        IReadOnlyList<RowSegment> segments = matrix.Segments();
        RowSegment rows = segments[segment];
        long skipped = segments.Take(segment).Sum(s => (long)s.Rows * MatrixSpec.RowBytes(matrix.Columns, s.Bits));
        int padded = order.PaddedRows(rows.Rows);
        int wide = order.WideRows(padded);
        Place(model, arena, matrix, rows, skipped, order, place, 0, wide);
        if (rows.Rows > wide)
        {
            Place(model, arena, matrix, rows, skipped, order.Narrow, place, wide, padded);
        }

        if (model.Spec.IsInteger)
        {
            IntegerPlacer.PlaceRows(model, arena, matrix, rows, place, padded);
        }
        else
        {
            PlaceParameters(model, arena, matrix, rows, place, padded);
            if (matrix.HasCenters)
            {
                CenterPlacer.PlaceRows(model, arena, matrix, rows, place, padded, order.Table is null ? 0 : matrix.Columns << (rows.Bits - 1));
            }
        }
    }

    /// <summary>Places a full-precision layer for the float kernels.</summary>
    /// <param name="model">The packed file.</param>
    /// <param name="arena">The weights of the loaded model.</param>
    /// <param name="name">Canonical name of the matrix.</param>
    /// <param name="place">Where weights and bias go.</param>
    public static void PlaceFullPrecision(PackedModel model, WeightArena arena, string name, LinearPlace place)
    {
        if (model.IsPlacedByFirst(name))
        {
            return;
        }

        MatrixSpec matrix = model.Spec.Matrix(name);
        string weights = name + ".weight";
        LoadLoop.Run(arena.LoadThreads, FloatPanels.Count(matrix.Rows), panel =>
        {
            Span<float> panels = arena.Floats(place.Codes, FloatPanels.Length(matrix.Rows, matrix.Columns));
            FloatPanels.Pack(model.Floats(weights), matrix.Rows, matrix.Columns, panel, panels);
        }, arena.LoadCancellation);
        model.Floats(name + ".bias").CopyTo(arena.Floats(place.Bias, FloatPanels.PaddedRows(matrix.Rows)));
    }

    /// <summary>Places the labels and the codebook of a layer.</summary>
    /// <param name="model">The packed file.</param>
    /// <param name="arena">The weights of the loaded model.</param>
    /// <param name="name">Canonical name of the matrix.</param>
    /// <param name="place">Where labels, codebook and bias go.</param>
    public static void PlaceCodebook(PackedModel model, WeightArena arena, string name, LinearPlace place)
    {
        if (model.IsPlacedByFirst(name))
        {
            return;
        }

        MatrixSpec matrix = model.Spec.Matrix(name);
        int length = CodebookPanels.Length(matrix.Rows, matrix.Columns, matrix.Bits);
        LoadLoop.Run(arena.LoadThreads, FloatPanels.Count(matrix.Rows), panel =>
        {
            Span<uint> words = MemoryMarshal.Cast<byte, uint>(arena.Bytes(place.Codes, length * sizeof(uint)));
            CodebookPanels.Pack(model.Codes(name), matrix.Rows, matrix.Columns, matrix.Bits, panel, words);
        }, arena.LoadCancellation);
        CodebookPanels.FillTable(model.Floats(name + ".codebook"), arena.Floats(place.Scales, PanelPadding.CodebookTable));
        model.Floats(name + ".bias").CopyTo(arena.Floats(place.Bias, FloatPanels.PaddedRows(matrix.Rows)));
    }

    // Panels are independent of each other, and a large model has thousands.
    private static void Place(
        PackedModel model, WeightArena arena, MatrixSpec matrix, RowSegment rows, long skipped, KernelOrder order, LinearPlace place, int firstRow, int endRow)
    {
        int rowBytes = MatrixSpec.RowBytes(matrix.Columns, rows.Bits);
        int padded = order.PaddedRows(rows.Rows);
        IPanelPacker packer = order.HasIndices ? new IndexPacker(order, matrix.Columns)
            : order.Table is null ? new PanelPacker(order, matrix.Columns)
            : new TablePacker(order.Table, order.PanelOutputs, matrix.Columns);
        int panels = (Math.Min(endRow, rows.Rows) - firstRow + packer.PanelOutputs - 1) / packer.PanelOutputs;
        long start = place.Codes + ((long)firstRow / packer.PanelOutputs * packer.PanelBytes);
        LoadLoop.Run(arena.LoadThreads, panels, panel =>
        {
            int first = firstRow + (panel * packer.PanelOutputs);
            int count = Math.Min(packer.PanelOutputs, rows.Rows - first);
            ReadOnlySpan<byte> codes = model.Codes(matrix.Name).Slice(checked((int)(skipped + ((long)first * rowBytes))), count * rowBytes);
            Span<byte> placed = arena.Bytes(start + ((long)panel * packer.PanelBytes), packer.PanelBytes);
            packer.Pack(codes, placed);
            if (order.AddsPairs)
            {
                int columns = KernelOrder.Pad(matrix.Columns, KernelOrder.ColumnMultiple);
                int depth = PairDepth.Of(order, placed, columns, count, matrix.GroupSize == 0 ? columns : matrix.GroupSize);
                arena.Integers(place.Depths, padded).Slice(first, packer.PanelOutputs).Fill(depth);
            }

            if (order.ClipsPairs || order.ClipsQuads)
            {
                long behind = place.Codes + ((long)padded * packer.PanelBytes / packer.PanelOutputs);
                int words = PanelPadding.ExcessWords(packer.PanelOutputs, matrix.Columns);
                Span<int> excess = arena.Integers(behind + (sizeof(int) * (long)words * (first / packer.PanelOutputs)), words);
                PairClipper.Clip(order, placed, count, matrix.Columns, excess);
            }

            Span<int> sums = arena.Integers(place.Sums, padded * matrix.GroupsAlongInput).Slice(first);
            SumRows(codes, matrix, rows.Bits, sums, padded);
            if (order.Table is not null)
            {
                CountFromZero(sums.Slice(0, count), matrix.Columns << (rows.Bits - 1));
            }
        }, arena.LoadCancellation);
    }

    // Kernels with tables count codes from 0, so their sums do.
    private static void CountFromZero(Span<int> sums, int offset)
    {
        foreach (ref int sum in sums)
        {
            sum += offset;
        }
    }

    private static void SumRows(ReadOnlySpan<byte> rows, MatrixSpec matrix, int bits, Span<int> sums, int stride)
    {
        // Groups are multiples of 32 inputs, so that they begin on a byte at any width.
        int size = matrix.GroupSize == 0 ? matrix.Columns : matrix.GroupSize;
        int rowBytes = MatrixSpec.RowBytes(matrix.Columns, bits);
        for (int r = 0; r * rowBytes < rows.Length; r++)
        {
            ReadOnlySpan<byte> row = rows.Slice(r * rowBytes, rowBytes);
            for (int group = 0; group < matrix.GroupsAlongInput; group++)
            {
                int count = Math.Min(size, matrix.Columns - (group * size));
                int sum = CodeSums.Sum(row.Slice(group * size / 8 * bits, MatrixSpec.RowBytes(count, bits)), bits);

                // Centered codes: code - 2^(bits - 1), and 2 * code - 1 at one bit.
                sums[(group * stride) + r] = bits == 1 ? (2 * sum) - count : sum - (count << (bits - 1));
            }
        }
    }

    private static void PlaceParameters(PackedModel model, WeightArena arena, MatrixSpec matrix, RowSegment rows, LinearPlace place, int padded)
    {
        ReadOnlySpan<float> scales = model.Floats(matrix.Name + ".scales");
        ReadOnlySpan<byte> zeroPoints = matrix.HasZeroPoints ? model.Bytes(matrix.Name + ".zero_points") : default;
        ReadOnlySpan<float> bias = model.Floats(matrix.Name + ".bias");
        Span<float> rowScales = arena.Floats(place.Scales, padded * matrix.GroupsAlongInput);
        Span<int> rowZeros = matrix.HasZeroPoints ? arena.Integers(place.ZeroPoints, padded * matrix.GroupsAlongInput) : default;
        Span<float> rowBias = arena.Floats(place.Bias, padded);
        int[] order = matrix.StoredRows();
        for (int r = 0; r < rows.Rows; r++)
        {
            int row = order[rows.FirstRow + r];
            rowBias[r] = row < matrix.Rows ? bias[row] : 0f; // the second half of a pair has none
            for (int group = 0; group < matrix.GroupsAlongInput; group++)
            {
                // Scales stand in stored order, like the rows.
                int scale = matrix.GroupSize == 0 ? (rows.FirstRow + r) / matrix.RowsPerGroup : (row * matrix.GroupsAlongInput) + group;
                rowScales[(group * padded) + r] = scales[scale];
                if (!rowZeros.IsEmpty)
                {
                    rowZeros[(group * padded) + r] = zeroPoints[scale] - (1 << (rows.Bits - 1));
                }
            }
        }
    }
}
