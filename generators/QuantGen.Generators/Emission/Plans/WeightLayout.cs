using QuantGen.Graph;
using QuantGen.Specs;

namespace QuantGen.Generators.Emission.Plans;

/// <summary>
/// Where each weight stands in the arena: byte offsets, the same on every machine. Embeddings come first, then each layer, then the rest. Places inside a
/// layer count from its beginning, and the plain tensors of all layers have the same ones, so that a change to one layer changes that layer's lines only.
/// </summary>
internal sealed class WeightLayout
{
    private const int Alignment = 64;

    private readonly ModelSpec _model;
    private readonly WeightBlock[] _layers;
    private readonly Dictionary<string, string[]> _parts = new(StringComparer.Ordinal);

    public WeightLayout(ModelSpec model)
    {
        _model = model;
        TensorSpec[] plain = PackedLayout.Packed(model)
            .Where(tensor => IsPlain(tensor) && !(model.IsInteger && IntegerLayout.KindOf(model, tensor.Name) == IntegerTensor.None)).ToArray();
        int layers = model.Graph.Layers.Count;
        Embedding = new WeightBlock(string.Empty);
        Rest = new WeightBlock("Rest");
        _layers = Enumerable.Range(0, layers).Select(layer => new WeightBlock(FormattableString.Invariant($"Layer{layer}"))).ToArray();
        LayerTensors = plain.Where(t => LayerOf(t.Name) >= 0).GroupBy(t => PartOf(t.Name)).Select(g => g.First() with { Name = g.Key }).ToArray();
        CommonTensors =
            new HashSet<string>(plain.Where(t => LayerOf(t.Name) >= 0).GroupBy(t => PartOf(t.Name)).Where(g => g.Count() == layers).Select(g => g.Key));
        foreach (WeightBlock layer in _layers)
        {
            foreach (TensorSpec tensor in LayerTensors)
            {
                layer.Add(tensor.Name, Bytes(tensor));
            }
        }

        string[] embeddings = model.Graph.Embedding.OfType<LinearNode>().Select(node => node.Name).ToArray();
        foreach (TensorSpec tensor in plain.Where(t => LayerOf(t.Name) < 0))
        {
            (PackedLayout.IsShared(model, tensor.Name) ? Embedding : Rest).Add(tensor.Name, Bytes(tensor));
        }

        PlainTensors = plain.Where(t => LayerOf(t.Name) < 0 || !CommonTensors.Contains(PartOf(t.Name))).ToArray();
        foreach (MatrixSpec matrix in model.Matrices)
        {
            WeightBlock block = LayerOf(matrix.Name) is >= 0 and int layer ? _layers[layer] : embeddings.Contains(matrix.Name) ? Embedding : Rest;
            IReadOnlyList<RowSegment> segments = matrix.Segments();
            for (int s = 0; s < segments.Count; s++)
            {
                AddSegment(block, matrix, segments[s], s);
            }
        }
    }

    /// <summary>Gets the weights before the first layer; their places are absolute.</summary>
    public WeightBlock Embedding { get; }

    /// <summary>Gets the weights behind the last layer.</summary>
    public WeightBlock Rest { get; }

    /// <summary>Gets the distinct layers.</summary>
    public IReadOnlyList<WeightBlock> Layers => _layers;

    /// <summary>Gets the plain tensors of a layer, named inside it.</summary>
    public IReadOnlyList<TensorSpec> LayerTensors { get; }

    /// <summary>Gets the names of those that every layer has.</summary>
    public ICollection<string> CommonTensors { get; }

    /// <summary>Gets the plain tensors that are placed one by one.</summary>
    public IReadOnlyList<TensorSpec> PlainTensors { get; }

    /// <summary>Gets the bytes of all weights.</summary>
    public long Bytes() => Embedding.Bytes + _layers.Sum(layer => layer.Bytes) + Rest.Bytes;

    /// <summary>Gets the C# expression of a plain tensor's place.</summary>
    /// <param name="name">The tensor's name in the packed file.</param>
    public string this[string name] => LayerOf(name) is >= 0 and int layer
        ? $"{_layers[layer].Name} + InLayer.{Identifier.Of(PartOf(name))}"
        : Identifier.Of(name);

    /// <summary>Gets the name of a matrix's place in code: <c>encoder.layer.0.output.dense</c> is <c>Layer0OutputDense</c>.</summary>
    /// <param name="matrix">The canonical name.</param>
    /// <param name="segment">Which run of rows with equal bits.</param>
    public static string NameOf(string matrix, int segment = 0) =>
        Identifier.Of(matrix.StartsWith("encoder.", StringComparison.Ordinal) ? matrix.Substring("encoder.".Length) : matrix, segment);

    /// <summary>Gets the constructor call of a segment's <c>LinearPlace</c>.</summary>
    public string Place(MatrixSpec matrix, int segment)
    {
        WeightBlock block = LayerOf(matrix.Name) is >= 0 and int layer ? _layers[layer] : Embedding.Has(Key(matrix, segment, "codes")) ? Embedding : Rest;
        IEnumerable<string> parts =
            _parts[Key(matrix, segment, string.Empty)].Select(part => FormattableString.Invariant($"{part}: {block[Key(matrix, segment, part)]}"));
        return $"LinearPlace.In({(block.Name.Length == 0 ? "0" : block.Name)}, {string.Join(", ", parts)})";
    }

    // Linear layers but those of full-precision heads are stored in the order of kernels instead.
    private bool IsPlain(TensorSpec tensor) => !_model.Matrices.Any(m =>
        tensor.Name == m.Name + ".codes" || tensor.Name == m.Name + ".scales" || tensor.Name == m.Name + ".zero_points" || tensor.Name == m.Name + ".centers"
        || tensor.Name == m.Name + ".codebook" || tensor.Name == m.Name + ".weight" || tensor.Name == m.Name + ".bias");

    // Zero points of static ranges are bytes in the file and integers in memory.
    private long Bytes(TensorSpec tensor) => _model.IsInteger ? IntegerLayout.Bytes(_model, tensor)
        : tensor.Name.EndsWith(".input_zero_point", StringComparison.Ordinal) ? tensor.Count * 4 : tensor.Bytes;

    private static string Key(MatrixSpec matrix, int segment, string part) => FormattableString.Invariant($"{matrix.Name}#{segment}#{part}");

    /// <summary>Gets the distinct layer that a name belongs to, or -1.</summary>
    public static int LayerOf(string name) => LayerNames.Split(name, out int layer, out _) ? layer : -1;

    /// <summary>Gets a name inside its layer.</summary>
    public static string PartOf(string name) => LayerNames.Split(name, out _, out string part) ? part : name;

    private void AddSegment(WeightBlock block, MatrixSpec matrix, RowSegment rows, int segment)
    {
        var parts = new List<string>();
        void Add(string part, long bytes)
        {
            block.Add(Key(matrix, segment, part), bytes);
            parts.Add(part);
        }

        _parts.Add(Key(matrix, segment, string.Empty), Array.Empty<string>());
        if (rows.Bits == 32)
        {
            int floats = PanelPadding.Pad(rows.Rows, PanelPadding.FullPrecisionRows);
            Add("codes", 4L * floats * matrix.Columns);
            Add("bias", 4L * floats);
        }
        else if (matrix.HasCodebook)
        {
            int outputs = PanelPadding.Pad(rows.Rows, PanelPadding.FullPrecisionRows);
            Add("codes", 4L * outputs * PanelPadding.LabelWords(matrix.Columns, rows.Bits));
            Add("scales", 4L * PanelPadding.CodebookTable);
            Add("bias", 4L * outputs);
        }
        else
        {
            int padded = PanelPadding.Pad(rows.Rows, _model.HasBitActivations ? PanelPadding.PlaneRows : PanelPadding.Rows);
            long perRow = 4L * padded * matrix.GroupsAlongInput;
            Add("codes", _model.HasBitActivations ? PanelPadding.PlaneCodeBytes(rows.Rows, matrix.Columns)
                : PanelPadding.CodeBytes(rows.Rows, matrix.Columns, rows.Bits, matrix.GroupSize > 0));
            Add("scales", perRow);
            Add("sums", perRow);
            if (matrix.HasZeroPoints || matrix.HasCenters)
            {
                Add("zeroPoints", perRow);
            }

            Add("bias", (_model.IsInteger ? 8L : 4L) * padded);
            if (_model.IsInteger)
            {
                Add("shift", sizeof(int));
            }

            if (rows.Bits < 8 && !_model.HasBitActivations)
            {
                Add("depths", 4L * padded);
            }
        }

        _parts[Key(matrix, segment, string.Empty)] = parts.ToArray();
    }

    /// <summary>A run of weights whose places count from its beginning.</summary>
    internal sealed class WeightBlock(string name)
    {
        private readonly Dictionary<string, long> _offsets = new(StringComparer.Ordinal);

        /// <summary>Gets the constant that says where it begins; empty for the first.</summary>
        public string Name { get; } = name;

        public long Bytes { get; private set; }

        public long this[string key] => _offsets[key];

        public bool Has(string key) => _offsets.ContainsKey(key);

        public void Add(string key, long bytes)
        {
            _offsets.Add(key, Bytes);
            Bytes += (bytes + Alignment - 1) / Alignment * Alignment;
        }
    }
}
