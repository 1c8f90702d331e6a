using System.Buffers;
using System.Runtime.InteropServices;
using QuantGen.Execution;
using QuantGen.Packed;
using QuantGen.Quantization;
using QuantGen.Specs;

namespace QuantGen.Linear;

/// <summary>Copies linear layers from a packed file into the order of the kernels. Called by generated code while a model loads.</summary>
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
        MatrixSpec matrix = model.Spec.Matrix(name);
        IReadOnlyList<RowSegment> segments = matrix.Segments();
        RowSegment rows = segments[segment];
        long skipped = segments.Take(segment).Sum(s => (long)s.Rows * MatrixSpec.RowBytes(matrix.Columns, s.Bits));
        int rowBytes = MatrixSpec.RowBytes(matrix.Columns, rows.Bits);
        int padded = KernelOrder.Pad(rows.Rows, KernelOrder.RowMultiple);

        if (order.Table is not null)
        {
            PlaceIndices(model, arena, matrix, rows, (int)skipped, order.Table, place);
            PlaceParameters(model, arena, matrix, rows, place, padded);
            return;
        }

        PlacePanels(model, arena, matrix, rows, (int)skipped, order, place, 0, order.WideRows(padded));
        PlacePanels(model, arena, matrix, rows, (int)skipped, order.Narrow, place, order.WideRows(padded), padded);
        PlaceParameters(model, arena, matrix, rows, place, padded);
    }

    /// <summary>Places a full-precision layer for the float kernels.</summary>
    /// <param name="model">The packed file.</param>
    /// <param name="arena">The weights of the loaded model.</param>
    /// <param name="name">Canonical name of the matrix.</param>
    /// <param name="place">Where weights and bias go.</param>
    public static void PlaceFullPrecision(PackedModel model, WeightArena arena, string name, LinearPlace place)
    {
        MatrixSpec matrix = model.Spec.Matrix(name);
        ReadOnlySpan<float> weights = model.Floats(name + ".weight");
        FloatPanels.Pack(weights, matrix.Rows, matrix.Columns, arena.Floats(place.Codes, FloatPanels.Length(matrix.Rows, matrix.Columns)));
        model.Floats(name + ".bias").CopyTo(arena.Floats(place.Bias, FloatPanels.PaddedRows(matrix.Rows)));
    }

    // Panels are independent of each other, and a large model has thousands.
    private static void PlacePanels(
        PackedModel model, WeightArena arena, MatrixSpec matrix, RowSegment rows, int skipped, KernelOrder order, LinearPlace place, int firstRow, int endRow)
    {
        int rowBytes = MatrixSpec.RowBytes(matrix.Columns, rows.Bits);
        int padded = KernelOrder.Pad(rows.Rows, KernelOrder.RowMultiple);
        int columns = KernelOrder.Pad(matrix.Columns, KernelOrder.ColumnMultiple);
        Parallel.For(firstRow / order.PanelOutputs, endRow / order.PanelOutputs, panel =>
        {
            int first = panel * order.PanelOutputs;
            int count = Math.Clamp(rows.Rows - first, 0, order.PanelOutputs);
            ReadOnlySpan<byte> codes = model.Codes(matrix.Name).Slice(count == 0 ? 0 : skipped + (first * rowBytes), count * rowBytes);
            int panelBytes = order.PanelBytes(columns);
            Span<byte> target = arena.Bytes(place.Codes + ((long)panel * panelBytes), panelBytes);
            Span<int> sums = arena.Integers(place.Sums, padded * matrix.GroupsAlongInput).Slice(first);
            PlacePanel(codes, matrix, rows.Bits, order, columns, target, sums, padded);
        });
    }

    // Kernels with tables count codes from 0, so their sums do.
    private static void PlaceIndices(
        PackedModel model, WeightArena arena, MatrixSpec matrix, RowSegment rows, int skipped, TableOrder order, LinearPlace place)
    {
        int rowBytes = MatrixSpec.RowBytes(matrix.Columns, rows.Bits);
        int padded = KernelOrder.Pad(rows.Rows, KernelOrder.RowMultiple);
        int bytes = padded / TableOrder.GranuleOutputs * order.GranuleBytes(matrix.Columns);
        Parallel.For(0, padded / TableOrder.GranuleOutputs, granule =>
        {
            int end = Math.Min((granule + 1) * TableOrder.GranuleOutputs, rows.Rows);
            for (int r = granule * TableOrder.GranuleOutputs; r < end; r++)
            {
                ReadOnlySpan<byte> row = model.Codes(matrix.Name).Slice(skipped + (r * rowBytes), rowBytes);
                order.PlaceRow(row, matrix.Columns, r, padded, arena.Bytes(place.Codes, bytes));
                Span<int> sums = arena.Integers(place.Sums, padded);
                SumGroups(row, matrix, rows.Bits, sums.Slice(r), padded);
                sums[r] += matrix.Columns << (rows.Bits - 1);
            }
        });
    }

    private static void PlacePanel(
        ReadOnlySpan<byte> codes, MatrixSpec matrix, int bits, KernelOrder order, int columns, Span<byte> panel, Span<int> sums, int paddedRows)
    {
        int rowBytes = MatrixSpec.RowBytes(matrix.Columns, bits);
        bool words = order.Interleave == 4 && bits != 3;
        byte[] unpacked = ArrayPool<byte>.Shared.Rent(columns);
        uint[] padded = ArrayPool<uint>.Shared.Rent((columns * bits / 32) + 1);
        for (int r = 0; r * rowBytes < codes.Length; r++)
        {
            ReadOnlySpan<byte> row = codes.Slice(r * rowBytes, rowBytes);
            SumGroups(row, matrix, bits, sums.Slice(r), paddedRows);
            if (words)
            {
                Span<uint> values = padded.AsSpan(0, columns * bits / 32);
                values.Clear();
                row.CopyTo(MemoryMarshal.AsBytes(values));
                PanelPacker.AddPackedRow(values, order, r, MemoryMarshal.Cast<byte, uint>(panel));
            }
            else
            {
                Span<byte> values = unpacked.AsSpan(0, columns);
                values.Slice(matrix.Columns).Clear();
                CodePacker.UnpackRow(row, bits, values.Slice(0, matrix.Columns));
                PanelPacker.AddRow(values, order, r, panel);
            }
        }

        ArrayPool<byte>.Shared.Return(unpacked);
        ArrayPool<uint>.Shared.Return(padded);
    }

    private static void SumGroups(ReadOnlySpan<byte> row, MatrixSpec matrix, int bits, Span<int> sums, int stride)
    {
        // Groups are multiples of 32 inputs, so that they begin on a byte at any width.
        int size = matrix.GroupSize == 0 ? matrix.Columns : matrix.GroupSize;
        for (int group = 0; group < matrix.GroupsAlongInput; group++)
        {
            int count = Math.Min(size, matrix.Columns - (group * size));
            ReadOnlySpan<byte> codes = row.Slice(group * size / 8 * bits, MatrixSpec.RowBytes(count, bits));
            int sum = bits == 3 ? SumUnpacked(codes, count) : CodeSums.Sum(codes, bits);

            // Centered codes: code - 2^(bits - 1), and 2 * code - 1 at one bit.
            sums[group * stride] = bits == 1 ? (2 * sum) - count : sum - (count << (bits - 1));
        }
    }

    // Three-bit codes cross the borders of bytes.
    private static int SumUnpacked(ReadOnlySpan<byte> packed, int count)
    {
        byte[] codes = ArrayPool<byte>.Shared.Rent(count);
        CodePacker.UnpackRow(packed, 3, codes.AsSpan(0, count));
        int sum = 0;
        foreach (byte code in codes.AsSpan(0, count))
        {
            sum += code;
        }

        ArrayPool<byte>.Shared.Return(codes);
        return sum;
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
            rowBias[r] = bias[row];
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
