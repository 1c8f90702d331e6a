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
        int columns = KernelOrder.Pad(matrix.Columns, KernelOrder.ColumnMultiple);

        ReadOnlySpan<byte> codes = model.Codes(name).Slice(checked((int)skipped), rows.Rows * rowBytes);
        Span<byte> target = arena.Bytes(place.Codes, checked((int)KernelOrder.MatrixBytes(rows.Rows, matrix.Columns, rows.Bits)));
        Span<int> sums = arena.Integers(place.Sums, padded * matrix.GroupsAlongInput);
        PlaceCodes(codes, matrix, rows.Bits, order, columns, target, sums, padded);
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

    private static void PlaceCodes(
        ReadOnlySpan<byte> codes, MatrixSpec matrix, int bits, KernelOrder order, int columns, Span<byte> target, Span<int> sums, int paddedRows)
    {
        int rowBytes = MatrixSpec.RowBytes(matrix.Columns, bits);
        int panelBytes = order.PanelBytes(columns);
        bool words = order.Interleave == 4 && bits != 3;
        byte[] unpacked = ArrayPool<byte>.Shared.Rent(columns);
        uint[] row = ArrayPool<uint>.Shared.Rent((columns * bits / 32) + 1);
        for (int r = 0; r * rowBytes < codes.Length; r++)
        {
            ReadOnlySpan<byte> stored = codes.Slice(r * rowBytes, rowBytes);
            Span<byte> panel = target.Slice(r / order.PanelOutputs * panelBytes, panelBytes);
            Span<byte> values = unpacked.AsSpan(0, columns);
            values.Slice(matrix.Columns).Clear();
            CodePacker.UnpackRow(stored, bits, values.Slice(0, matrix.Columns));
            SumGroups(values.Slice(0, matrix.Columns), matrix, bits, sums.Slice(r), paddedRows);
            if (words)
            {
                Span<uint> padded = row.AsSpan(0, columns * bits / 32);
                padded.Clear();
                stored.CopyTo(MemoryMarshal.AsBytes(padded));
                PanelPacker.AddPackedRow(padded, order, r % order.PanelOutputs, MemoryMarshal.Cast<byte, uint>(panel));
            }
            else
            {
                PanelPacker.AddRow(values, order, r % order.PanelOutputs, panel);
            }
        }

        ArrayPool<byte>.Shared.Return(unpacked);
        ArrayPool<uint>.Shared.Return(row);
    }

    private static void SumGroups(ReadOnlySpan<byte> codes, MatrixSpec matrix, int bits, Span<int> sums, int stride)
    {
        int size = matrix.GroupSize == 0 ? matrix.Columns : matrix.GroupSize;
        for (int group = 0; group * size < codes.Length; group++)
        {
            ReadOnlySpan<byte> values = codes.Slice(group * size, Math.Min(size, codes.Length - (group * size)));
            int sum = 0;
            foreach (byte code in values)
            {
                sum += code;
            }

            // Centered codes: code - 2^(bits - 1), and 2 * code - 1 at one bit.
            sums[group * stride] = bits == 1 ? (2 * sum) - values.Length : sum - (values.Length << (bits - 1));
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
