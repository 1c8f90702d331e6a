using QuantGen.Architectures;
using QuantGen.Checkpoints;
using QuantGen.Graph;
using QuantGen.Specs;

namespace QuantGen.Onnx;

/// <summary>Finds the tensors of a checkpoint in a graph that was exported from it.</summary>
/// <remarks>
/// A matrix that lost its name is known by the bias that its product meets, the parts of a fused attention by the layer that reads it. Where a product
/// stores its matrix as inputs x outputs, it is transposed.
/// </remarks>
internal sealed class EncoderWeights
{
    private const string Weight = ".weight";
    private const string Bias = ".bias";
    private static readonly string[] s_projections = ["attention.self.query", "attention.self.key", "attention.self.value"];
    private static readonly string[] s_embedding =
    [
        PackedLayout.WordEmbedding + Weight, PackedLayout.PositionEmbedding + Weight, PackedLayout.TypeEmbedding + Weight, "embeddings.LayerNorm.weight",
        "embeddings.LayerNorm.bias",
    ];

    private readonly string _file;
    private readonly OnnxGraph _graph;
    private readonly EncoderNames _names;
    private readonly Dictionary<string, WeightView> _found = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<OnnxNode>> _ends = new(StringComparer.Ordinal);
    private readonly HashSet<OnnxTensor> _used = new(ReferenceEqualityComparer.Instance);

    /// <summary>Finds all tensors.</summary>
    /// <param name="file">The file, for messages.</param>
    /// <param name="graph">The graph.</param>
    /// <param name="names">Whose tensors they are.</param>
    /// <exception cref="ModelFormatException">The graph has a tensor that is not understood.</exception>
    public EncoderWeights(string file, OnnxGraph graph, EncoderNames names)
    {
        (_file, _graph, _names) = (file, graph, names);
        foreach (OnnxNode node in graph.Nodes)
        {
            Find(node);
        }

        foreach (OnnxTensor tensor in graph.Tensors)
        {
            // The matrices of products are there already, the right way round.
            if (tensor.DType is not null && names.Canonical(tensor.Name) is string name && !_found.ContainsKey(name))
            {
                Add(name, WeightView.Whole(tensor));
            }
        }

        UnifyDecoder();
        RequireAllUsed();
    }

    /// <summary>Gets the tensors by canonical name.</summary>
    public IReadOnlyDictionary<string, WeightView> Found => _found;

    /// <summary>Gets the nodes whose outputs are those of a linear layer, its bias added: one for every use of the layer.</summary>
    /// <param name="name">Canonical name without <c>.weight</c>.</param>
    public IReadOnlyList<OnnxNode> EndsOf(string name) => _ends.TryGetValue(name, out List<OnnxNode>? nodes) ? nodes : [];

    private void Find(OnnxNode node)
    {
        switch (node.Operator)
        {
            case "MatMul" or "Gemm" or "FusedMatMul" or "FusedGemm":
                FindProduct(node);
                break;
            case "Attention" when node.Domain == EncoderOperators.Fused:
                FindFusedAttention(node);
                break;
            case "MultiHeadAttention":
                FindAttentionBias(node);
                break;
            case "EmbedLayerNormalization":
                for (int i = 0; i < s_embedding.Length; i++)
                {
                    if (_graph.TensorOf(node.Input(2 + i)) is TensorUse use)
                    {
                        Add(s_embedding[i], WeightView.Whole(use.Tensor));
                    }
                }

                break;
            case "Identity" when _names.Canonical(node.Outputs[0]) is string name && _graph.TensorOf(node.Input(0)) is { IsTransposed: false } copy
                && !name.EndsWith(Weight, StringComparison.Ordinal):
                // Tensors with equal elements are stored once, and the others are copies of it.
                Add(name, WeightView.Whole(copy.Tensor));
                break;
        }
    }

    private void FindProduct(OnnxNode node)
    {
        if (_graph.TensorOf(node.Input(1)) is not { Tensor: { IsFloat: true, Shape.Length: 2 } } matrix)
        {
            return;
        }

        if (node.Number("transA", 0) != 0 || node.Real("alpha", 1) != 1 || node.Real("beta", 1) != 1)
        {
            throw Defect(node, "x W + b", "a product with transA, alpha or beta");
        }

        (string? bias, OnnxNode end) = node.Operator.EndsWith("Gemm", StringComparison.Ordinal) && node.Input(2).Length > 0
            ? (BiasName(node.Input(2)), node)
            : BiasAfter(node, isBeforeAttention: true);
        string name = _names.Canonical(matrix) ?? WeightOf(bias) ?? throw Defect(
            node, $"a bias with a name of a {_names.Family.Name} checkpoint beside the matrix {matrix.Tensor}", bias is null ? "none" : $"'{bias}'");
        if (name == PackedLayout.WordEmbedding + Weight)
        {
            // The decoder of a masked language model.
            return;
        }

        bool isAsStored = node.Number("transB", 0) != 0 != matrix.IsTransposed;
        Add(name, isAsStored ? WeightView.Whole(matrix.Tensor) : WeightView.Columns(matrix.Tensor, 0, (int)matrix.Tensor.Shape[1]));
        string step = name[..^Weight.Length];
        (_ends.TryGetValue(step, out List<OnnxNode>? ends) ? ends : _ends[step] = []).Add(end);
    }

    // Where a matrix's name says nothing, its bias' does: canonical names of both differ in their ends.
    private static string? WeightOf(string? bias) =>
        bias == Steps.MaskedLanguageBias ? Steps.MaskedLanguageDecoder + Weight
        : bias is not null && bias.EndsWith(Bias, StringComparison.Ordinal) ? bias[..^Bias.Length] + Weight : null;

    private (string? Bias, OnnxNode End) BiasAfter(OnnxNode product, bool isBeforeAttention)
    {
        foreach ((OnnxNode reader, string value) in _graph.UsesOf(product.Outputs[0]))
        {
            string? bias = reader.Operator switch
            {
                "Add" => BiasName(reader.Input(0) == value ? reader.Input(1) : reader.Input(0)),
                "SkipLayerNormalization" => BiasName(reader.Input(4)),
                "BiasGelu" or "FastGelu" => BiasName(reader.Input(1)),
                "MultiHeadAttention" when isBeforeAttention && reader.Input(3).Length > 0
                    && reader.Inputs.Take(3).ToList().IndexOf(value) is >= 0 and int part => LayerOf(reader) + s_projections[part] + Bias,
                _ => null,
            };
            if (bias is not null)
            {
                return (bias, reader);
            }
        }

        return (null, product);
    }

    private string? BiasName(string value) =>
        _graph.TensorOf(value) is { Tensor: { IsFloat: true, Shape.Length: 1 } } use ? _names.Canonical(use) : null;

    private void FindFusedAttention(OnnxNode node)
    {
        if (_graph.TensorOf(node.Input(1)) is not { IsTransposed: false, Tensor: { IsFloat: true, Shape.Length: 2 } matrix }
            || _graph.TensorOf(node.Input(2)) is not { Tensor: { IsFloat: true, Shape.Length: 1 } bias }
            || matrix.Shape[1] != bias.Count || bias.Count % 3 != 0 || node.Number("unidirectional", 0) != 0 || node.Number("do_rotary", 0) != 0
            || node.Numbers("qkv_hidden_sizes").Distinct().Skip(1).Any())
        {
            throw Defect(node, "attention to all tokens with constant weights and biases of query, key and value, all as wide", "another");
        }

        string layer = LayerOf(node);
        int width = (int)bias.Count / 3;
        for (int part = 0; part < 3; part++)
        {
            Add(layer + s_projections[part] + Weight, WeightView.Columns(matrix, part * width, width));
            Add(layer + s_projections[part] + Bias, WeightView.Part(bias, part * width, width));
        }
    }

    private void FindAttentionBias(OnnxNode node)
    {
        if (_graph.TensorOf(node.Input(3)) is { Tensor: { IsFloat: true, Shape.Length: 1 } bias } && bias.Count % 3 == 0)
        {
            string layer = LayerOf(node);
            int width = (int)bias.Count / 3;
            for (int part = 0; part < 3; part++)
            {
                Add(layer + s_projections[part] + Bias, WeightView.Part(bias, part * width, width));
            }
        }
    }

    // The layer whose output layer reads an attention's result, with the dot behind its number.
    private string LayerOf(OnnxNode attention)
    {
        foreach ((OnnxNode reader, _) in _graph.UsesOf(attention.Outputs[0]).Where(use => EncoderOperators.IsProduct(use.Node)))
        {
            string? bias = reader.Operator.EndsWith("Gemm", StringComparison.Ordinal)
                ? BiasName(reader.Input(2))
                : BiasAfter(reader, isBeforeAttention: false).Bias;
            string? name = bias ?? (_graph.TensorOf(reader.Input(1)) is TensorUse use ? _names.Canonical(use) : null);
            if (name is not null && LayerNames.Split(name, out int layer, out _))
            {
                return LayerNames.Of(layer, string.Empty);
            }
        }

        throw Defect(attention, "a layer of a known name that reads its result", "none");
    }

    private void Add(string name, WeightView view)
    {
        _used.Add(view.Tensor);
        if (!_found.TryAdd(name, view) && !_found[name].HasElementsOf(view))
        {
            throw new ModelFormatException(_file, $"tensor {view.Tensor}", $"the elements of '{_found[name].Tensor.Name}', as both are '{name}'", "others");
        }
    }

    // The decoder is the word embedding, which exporters store once more, transposed, and its bias may have either of two names.
    private void UnifyDecoder()
    {
        const string decoder = Steps.MaskedLanguageDecoder + Weight;
        if (_found.TryGetValue(decoder, out WeightView? copy) && _found.TryGetValue(s_embedding[0], out WeightView? words) && words.HasElementsOf(copy))
        {
            _found.Remove(decoder);
        }

        if (_found.Remove(Steps.MaskedLanguageDecoder + Bias, out WeightView? bias))
        {
            Add(Steps.MaskedLanguageBias, bias);
        }
    }

    private void RequireAllUsed()
    {
        // Whole numbers of 32 and 64 bits are shapes, positions and indices.
        OnnxTensor? rest = _graph.Tensors.FirstOrDefault(tensor => tensor.Count > 1 && !_used.Contains(tensor) && _graph.ReadersOf(tensor.Name).Count > 0
            && (tensor.IsFloat || tensor.DType is null or SafetensorsDType.F64 or SafetensorsDType.I8 or SafetensorsDType.U8));
        if (rest is not null)
        {
            throw new ModelFormatException(
                _file, $"tensor {rest}", $"a tensor of a {_names.Family.Name} checkpoint",
                $"one of another architecture or head, read by {_graph.ReadersOf(rest.Name)[0].Operator}");
        }
    }

    private ModelFormatException Defect(OnnxNode node, string expected, string found) => new(_file, $"node '{node.Name}' ({node.Operator})", expected, found);
}
