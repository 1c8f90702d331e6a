using QuantGen.Graph;
using QuantGen.Linear;
using QuantGen.Packed;
using QuantGen.Quantization;
using QuantGen.Specs;
using QuantGen.Tests.Packed;

namespace QuantGen.Tests.Linear;

/// <summary>Places whole matrices and reads every code, sum, scale, zero point and bias back.</summary>
public sealed class LinearPlacerTests
{
    private const int Width = 48;
    private const string Name = TinyModel.Intermediate;

    public static TheoryData<int, Mapping, int, int> Uniform => new()
    {
        { 1, Mapping.Symmetric, 1, 0 },
        { 1, Mapping.Symmetric, 1, 32 },
        { 2, Mapping.Symmetric, 4, 0 },
        { 2, Mapping.Asymmetric, 1, 32 },
        { 3, Mapping.Symmetric, 8, 0 },
        { 3, Mapping.Asymmetric, 1, 32 },
        { 4, Mapping.Asymmetric, 2, 0 },
        { 4, Mapping.Symmetric, 1, 64 },
        { 8, Mapping.Symmetric, 1, 0 },
        { 8, Mapping.Asymmetric, 1, 32 },
    };

    [Theory]
    [MemberData(nameof(Uniform))]
    public void Every_order_holds_the_codes_of_the_file(int bits, Mapping mapping, int groupCount, int groupSize)
    {
        var options = new SpecOptions { Mapping = mapping, GroupCount = groupCount, GroupSize = groupSize };
        CheckPlaced(TinyModel.Spec(bits, options, width: Width));
    }

    [Theory]
    [InlineData(Mapping.Symmetric, 4, 1, 8, 2)]
    [InlineData(Mapping.Symmetric, 8, 3, 8, 1)]
    [InlineData(Mapping.Asymmetric, 2, 8, 4, 3)]
    public void Groups_with_different_bits_are_placed_apart(Mapping mapping, params int[] groupBits)
    {
        var entry = new PlanEntry(Name, null, null, null, mapping, new EquatableArray<int>(groupBits));
        CheckPlaced(TinyModel.Spec(4, new SpecOptions { Plan = new EquatableArray<PlanEntry>([entry]) }, width: Width));
    }

    private static void CheckPlaced(ModelSpec spec)
    {
        using PackedModel model = TinyModel.Builder(spec, Vary).Build();
        MatrixSpec matrix = spec.Matrix(Name);
        IReadOnlyList<RowSegment> segments = matrix.Segments();
        int skipped = 0;
        for (int segment = 0; segment < segments.Count; segment++)
        {
            RowSegment rows = segments[segment];
            int packedBytes = rows.Rows * MatrixSpec.RowBytes(matrix.Columns, rows.Bits);
            byte[] codes = new byte[rows.Rows * matrix.Columns];
            CodePacker.Unpack(model.Codes(Name).Slice(skipped, packedBytes), matrix.Columns, rows.Bits, codes);
            skipped += packedBytes;
            foreach (KernelOrder order in KernelOrders.Of(rows.Bits))
            {
                CheckSegment(model, matrix, segment, rows, codes, order);
            }
        }
    }

    private static void CheckSegment(PackedModel model, MatrixSpec matrix, int segment, RowSegment rows, byte[] codes, KernelOrder order)
    {
        int padded = KernelOrder.Pad(rows.Rows, KernelOrder.RowMultiple);
        int columns = KernelOrder.Pad(matrix.Columns, KernelOrder.ColumnMultiple);
        long perRow = padded * matrix.GroupsAlongInput * 4L;
        long codeBytes = PanelPadding.CodeBytes(rows.Rows, matrix.Columns, rows.Bits, matrix.GroupSize > 0);
        var place = new LinearPlace(0, codeBytes, codeBytes + perRow, codeBytes + (2 * perRow), codeBytes + (3 * perRow), codeBytes + (4 * perRow));
        using var arena = new WeightArena(codeBytes + (5 * perRow));
        LinearPlacer.Place(model, arena, Name, segment, order, place);

        float[] scales = model.Floats(Name + ".scales").ToArray();
        byte[]? zeroPoints = matrix.HasZeroPoints ? model.Bytes(Name + ".zero_points").ToArray() : null;
        int[] outputs = matrix.StoredRows();
        int groupSize = matrix.GroupSize == 0 ? matrix.Columns : matrix.GroupSize;
        for (int row = 0; row < rows.Rows; row++)
        {
            // Rows behind the last whole panel stand in panels of one vector.
            KernelOrder here = row < order.WideRows(padded) ? order : order.Narrow;
            int panelBytes = here.PanelBytes(columns);
            ReadOnlySpan<byte> panel = arena.Bytes((long)(row / here.PanelOutputs) * panelBytes, panelBytes);
            int[] sums = new int[matrix.GroupsAlongInput];
            for (int column = 0; column < matrix.Columns; column++)
            {
                int code = codes[(row * matrix.Columns) + column];
                Assert.Equal(code, KernelOrders.Read(panel, here, row % here.PanelOutputs, column));
                sums[column / groupSize] += rows.Bits == 1 ? (2 * code) - 1 : code - (1 << (rows.Bits - 1));
            }

            int stored = rows.FirstRow + row;
            for (int group = 0; group < sums.Length; group++)
            {
                int at = (group * padded) + row;
                int scale = matrix.GroupSize == 0 ? stored / matrix.RowsPerGroup : (stored * sums.Length) + group;
                Assert.Equal(sums[group], arena.Integers(place.Sums, padded * sums.Length)[at]);
                Assert.Equal(scales[scale], arena.Floats(place.Scales, padded * sums.Length)[at]);
                if (zeroPoints is not null)
                {
                    Assert.Equal(zeroPoints[scale] - (1 << (rows.Bits - 1)), arena.Integers(place.ZeroPoints, padded * sums.Length)[at]);
                }
            }

            Assert.Equal(model.Floats(Name + ".bias")[outputs[stored]], arena.Floats(place.Bias, padded)[row]);
        }
    }

    // The tiny model repeats its values; here every scale and bias differs from its neighbours.
    private static Array? Vary(TensorSpec tensor, Array? values) =>
        values is float[] floats ? Array.ConvertAll([.. Enumerable.Range(1, floats.Length)], i => i / 64f) : values;
}
