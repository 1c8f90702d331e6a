using QuantGen.Specs;

namespace QuantGen.Generators.Emission;

/// <summary>Where each weight stands in the arena: byte offsets, the same on every machine.</summary>
internal sealed class WeightLayout
{
    private const int Alignment = 64;

    private readonly Dictionary<string, long> _offsets = new(StringComparer.Ordinal);

    private WeightLayout()
    {
    }

    /// <summary>Gets the bytes of all weights.</summary>
    public long Bytes { get; private set; }

    /// <summary>Gets the offset of a plain tensor by its name in the packed file.</summary>
    public long this[string name] => _offsets[name];

    public static WeightLayout Of(ModelSpec model)
    {
        var layout = new WeightLayout();
        foreach (TensorSpec tensor in PackedLayout.Packed(model).Where(t => IsPlain(t, model)))
        {
            // Zero points of static ranges are bytes in the file and integers in memory.
            layout.Add(tensor.Name, tensor.Name.EndsWith(".input_zero_point", StringComparison.Ordinal) ? tensor.Count * 4 : tensor.Bytes);
        }

        foreach (MatrixSpec matrix in model.Matrices)
        {
            IReadOnlyList<RowSegment> segments = matrix.Segments();
            for (int s = 0; s < segments.Count; s++)
            {
                layout.AddSegment(matrix, segments[s], s);
            }
        }

        return layout;
    }

    /// <summary>Gets the constructor call of a segment's <c>LinearPlace</c>.</summary>
    public string Place(MatrixSpec matrix, int segment)
    {
        long At(string part) => _offsets.TryGetValue(Key(matrix, segment, part), out long offset) ? offset : 0;
        return FormattableString.Invariant(
            $"new(Codes: {At("codes")}, Scales: {At("scales")}, Sums: {At("sums")}, ZeroPoints: {At("zeros")}, Bias: {At("bias")}, Depths: {At("depths")})");
    }

    // Linear layers but the head are stored in the kernels' order instead.
    public static bool IsPlain(TensorSpec tensor, ModelSpec model) => !model.Matrices.Any(m =>
        tensor.Name == m.Name + ".codes" || tensor.Name == m.Name + ".scales" || tensor.Name == m.Name + ".zero_points"
        || tensor.Name == m.Name + ".codebook" || tensor.Name == m.Name + ".weight" || tensor.Name == m.Name + ".bias");

    private static string Key(MatrixSpec matrix, int segment, string part) => FormattableString.Invariant($"{matrix.Name}#{segment}#{part}");

    private void AddSegment(MatrixSpec matrix, RowSegment rows, int segment)
    {
        if (rows.Bits == 32)
        {
            int floats = PanelPadding.Pad(rows.Rows, PanelPadding.FullPrecisionRows);
            Add(Key(matrix, segment, "codes"), 4L * floats * matrix.Columns);
            Add(Key(matrix, segment, "bias"), 4L * floats);
            return;
        }

        if (matrix.HasCodebook)
        {
            int outputs = PanelPadding.Pad(rows.Rows, PanelPadding.FullPrecisionRows);
            Add(Key(matrix, segment, "codes"), 4L * outputs * PanelPadding.LabelWords(matrix.Columns, rows.Bits));
            Add(Key(matrix, segment, "scales"), 4L * PanelPadding.CodebookTable);
            Add(Key(matrix, segment, "bias"), 4L * outputs);
            return;
        }

        int padded = PanelPadding.Pad(rows.Rows, PanelPadding.Rows);
        long perRow = 4L * padded * matrix.GroupsAlongInput;
        Add(Key(matrix, segment, "codes"), PanelPadding.CodeBytes(rows.Rows, matrix.Columns, rows.Bits, matrix.GroupSize > 0));
        Add(Key(matrix, segment, "scales"), perRow);
        Add(Key(matrix, segment, "sums"), perRow);
        if (matrix.HasZeroPoints)
        {
            Add(Key(matrix, segment, "zeros"), perRow);
        }

        Add(Key(matrix, segment, "bias"), 4L * padded);
        if (rows.Bits < 8)
        {
            Add(Key(matrix, segment, "depths"), 4L * padded);
        }
    }

    private void Add(string key, long bytes)
    {
        _offsets.Add(key, Bytes);
        Bytes += (bytes + Alignment - 1) / Alignment * Alignment;
    }
}
