using QuantGen.Architectures;
using QuantGen.Graph;
using QuantGen.Specs;

namespace QuantGen.Tests.Onnx;

/// <summary>Exports an encoder of random weights to ONNX, as exporters and optimizers would.</summary>
internal sealed class OnnxExport
{
    public const float Epsilon = 1e-7f;
    private const string Microsoft = "com.microsoft";
    private static readonly string[] s_parts = [".query", ".key", ".value"];
    private readonly ModelSpec _spec;
    private readonly ExportStyle _style;
    private readonly OnnxWriter _writer;
    private readonly Dictionary<string, string> _values = [];
    private readonly Dictionary<string, string> _openBiases = [];
    private readonly HashSet<string> _written = [];

    private OnnxExport(ModelSpec spec, ExportStyle style)
    {
        (_spec, _style) = (spec, style);
        _writer = new OnnxWriter { Data = style.Data, IsHalf = style.IsHalf };
        Weights = RandomWeights(spec, style);
        _ = (_writer.Input("input_ids"), _writer.Input("token_type_ids"), _writer.Input("attention_mask"), _writer.Input("position_ids"));
        Emit(spec.Graph.Embedding);
        foreach (IReadOnlyList<Node> layer in Enumerable.Repeat(spec.Graph.Layers, spec.Graph.UsesPerLayer).SelectMany(layers => layers))
        {
            Emit(layer);
        }

        Emit(spec.Graph.Head);
    }

    /// <summary>Gets the weights by canonical name.</summary>
    public IReadOnlyDictionary<string, (int[] Shape, float[] Values)> Weights { get; }

    /// <summary>Gets the writer, to add what a test is about.</summary>
    public OnnxWriter Writer => _writer;

    /// <summary>Exports a model.</summary>
    public static OnnxExport Of(ModelSpec spec, ExportStyle style) => new(spec, style);

    /// <summary>Describes a model of two layers with all dimensions distinct.</summary>
    public static ModelSpec Tiny(
        BertArchitecture architecture, BertHead head = BertHead.Encoder, HiddenActivation activation = HiddenActivation.Gelu, int labels = 2)
    {
        ModelFamily family = ModelFamilies.Of(architecture);
        ModelConfig config = family.Defaults with
        {
            Layers = 2, HiddenSize = 12, EmbeddingSize = family.HasEmbeddingProjection ? 4 : 12, Heads = 3, IntermediateSize = 20, VocabularySize = 23,
            MaxPositions = 9, HiddenActivation = activation, Head = head,
            LayerNormEpsilon = architecture == BertArchitecture.DistilBert ? 1e-12 : 1e-7,
            Labels = new(Enumerable.Range(0, labels).Select(i => $"LABEL_{i}")),
        };
        var issues = new List<SpecIssue>();
        ModelSpec? spec = SpecBuilder.Build(
            config, new SpecOptions { Head = head, LabelCount = labels, MaxSequenceLength = 9, MaxBatchTokens = 9 }, issues);
        Assert.Empty(issues.Select(issue => issue.Message));
        return spec!;
    }

    private static Dictionary<string, (int[], float[])> RandomWeights(ModelSpec spec, ExportStyle style)
    {
        var random = new Random(7);
        float Next() => style.IsHalf ? (float)(Half)random.NextSingle() : random.NextSingle() - 0.5f;
        return PackedLayout.Checkpoint(spec).ToDictionary(
            tensor => tensor.Name,
            tensor => (tensor.Shape.ToArray(), Enumerable.Range(0, (int)tensor.Count)
                .Select(_ => style.HasCopies && tensor.Name.EndsWith("dense.bias", StringComparison.Ordinal) ? 0.25f : Next()).ToArray()));
    }

    private void Emit(IEnumerable<Node> nodes)
    {
        foreach (Node node in nodes)
        {
            _values[node.Output] = node switch
            {
                EmbeddingNode => Embeddings(),
                NormNode norm => Norm(norm),
                LinearNode linear => Linear(linear),
                AttentionNode attention => Attention(attention),
                ActivationNode activation => Activation(activation.Function, _values[activation.Input]),
                RowsNode rows => _writer.Node("Gather", "", [("axis", 1)], _values[rows.Input], _writer.Integers([], 0)),
                DecoderNode decoder => Decoder(decoder),
                _ => _values[node.Inputs[0]],
            };
        }
    }

    // The name that the export has for a tensor of the checkpoint; it is written at its first use.
    private string Named(string canonical)
    {
        string name = _style.Prefix + ModelFamilies.Of(_spec.Dimensions.Architecture).SourceName(canonical, _style.HasHead);
        if (_written.Add(name))
        {
            (int[] shape, float[] values) = Weights[canonical];
            string? twin = !_style.HasCopies || !canonical.EndsWith("dense.bias", StringComparison.Ordinal) ? null
                : Weights.Keys.TakeWhile(other => other != canonical).FirstOrDefault(other => Weights[other].Values.AsSpan().SequenceEqual(values));
            _ = twin is null ? _writer.Floats(name, shape, values) : _writer.NodeTo(name, "Identity", "", [], Named(twin));
        }

        return name;
    }

    private string Embeddings()
    {
        if (_style.Norms == NormForm.Skip)
        {
            return string.Empty;
        }

        string sum = _writer.Node("Gather", Named("embeddings.word_embeddings.weight"), "input_ids");
        if (_spec.Dimensions.TypeVocabularySize > 0)
        {
            sum = _writer.Node("Add", sum, _writer.Node("Gather", Named("embeddings.token_type_embeddings.weight"), "token_type_ids"));
        }

        return _writer.Node("Add", sum, _writer.Node("Gather", Named("embeddings.position_embeddings.weight"), "position_ids"));
    }

    private string Norm(NormNode norm)
    {
        (string gain, string shift) = (norm.Name + ".weight", norm.Name + ".bias");
        float epsilon = (float)_spec.Dimensions.LayerNormEpsilon;
        if (_style.Norms == NormForm.Skip && norm.Name == "embeddings.LayerNorm")
        {
            string types = _spec.Dimensions.TypeVocabularySize > 0 ? Named("embeddings.token_type_embeddings.weight") : string.Empty;
            return _writer.Node(
                "EmbedLayerNormalization", Microsoft, [("epsilon", epsilon)], "input_ids", types.Length > 0 ? "token_type_ids" : string.Empty,
                Named("embeddings.word_embeddings.weight"), Named("embeddings.position_embeddings.weight"), types, Named(gain), Named(shift));
        }

        string x = _values[norm.Input];
        if (_style.Norms == NormForm.Skip && norm.Residual is not null)
        {
            return _writer.Node(
                "SkipLayerNormalization", Microsoft, [("epsilon", epsilon)], x, _values[norm.Residual], Named(gain), Named(shift),
                _openBiases.TryGetValue(x, out string? bias) ? Named(bias) : string.Empty);
        }

        x = norm.Residual is null ? x : _writer.Node("Add", x, _values[norm.Residual]);
        if (_style.Norms != NormForm.Plain)
        {
            return _writer.Node("LayerNormalization", "", [("epsilon", epsilon), ("axis", -1)], x, Named(gain), Named(shift));
        }

        string centred = _writer.Node("Sub", x, _writer.Node("ReduceMean", "", [("axes", new[] { -1 })], x));
        string variance = _writer.Node("ReduceMean", "", [("axes", new[] { -1 })], _writer.Node("Pow", centred, _writer.Scalar(2)));
        string unit = _writer.Node("Div", centred, _writer.Node("Sqrt", _writer.Node("Add", variance, _writer.Scalar(epsilon))));
        return _writer.Node("Add", _writer.Node("Mul", unit, Named(gain)), Named(shift));
    }

    private string Linear(LinearNode linear)
    {
        bool isProjection = linear.Name.Contains("attention.self.", StringComparison.Ordinal);
        if (isProjection && _style.Attention == AttentionForm.Fused)
        {
            return string.Empty;
        }

        bool isOpen = (isProjection && _style.Attention == AttentionForm.MultiHead)
            || (_style.Norms == NormForm.Skip && linear.Name.Contains("output.dense", StringComparison.Ordinal))
            || (_style.HasFusedActivation && linear.Name.Contains("intermediate", StringComparison.Ordinal));
        string x = _values[linear.Input];
        if (isOpen)
        {
            string open = _writer.Node("MatMul", x, Folded(linear));
            _openBiases[open] = linear.Name + ".bias";
            return open;
        }

        string weight = linear.Name + ".weight";
        string bias = Named(linear.Name + ".bias");
        return _style.Products switch
        {
            ProductForm.Folded => _writer.Node("Add", bias, _writer.Node("MatMul", x, Folded(linear))),
            ProductForm.Transposed => _writer.Node(
                "Add", _writer.Node("MatMul", x, _writer.Node("Transpose", "", [("perm", new[] { 1, 0 })], Named(weight))), bias),
            ProductForm.NamedFolded => _writer.Node("Add", _writer.Node("MatMul", x, Folded(linear, isNamed: true)), bias),
            ProductForm.Gemm => _writer.Node("Gemm", "", [("transB", 1), ("alpha", 1f), ("beta", 1f)], x, Named(weight), bias),
            ProductForm.FoldedGemm => _writer.Node("Gemm", x, Folded(linear), bias),
            _ => _writer.Node("Add", _writer.Node("FusedMatMul", Microsoft, [("transB", 1)], x, Unnamed(Weights[weight].Shape, Weights[weight].Values)), bias),
        };
    }

    private string Unnamed(int[] shape, float[] values) => _writer.Floats(_writer.NewValue(), shape, values);

    private string Folded(LinearNode linear, bool isNamed = false)
    {
        string name = isNamed
            ? _style.Prefix + ModelFamilies.Of(_spec.Dimensions.Architecture).SourceName(linear.Name + ".weight", _style.HasHead)
            : _writer.NewValue();
        return isNamed && !_written.Add(name) ? name : _writer.Floats(name, [linear.Width, linear.Rows], Transposed(linear.Name + ".weight"));
    }

    private float[] Transposed(string canonical)
    {
        (int[] shape, float[] values) = Weights[canonical];
        return [.. Enumerable.Range(0, values.Length).Select(i => values[(i % shape[0] * shape[1]) + (i / shape[0])])];
    }

    private string Attention(AttentionNode attention)
    {
        if (_style.Attention == AttentionForm.Fused)
        {
            // Columns of all three matrices, row by row.
            float[][] columns = [.. s_parts.Select(part => Transposed(attention.Name + part + ".weight"))];
            int width = attention.Columns;
            float[] all = [.. Enumerable.Range(0, width).SelectMany(row => columns.SelectMany(matrix => matrix.Skip(row * width).Take(width)))];
            string matrix = Unnamed([width, 3 * width], all);
            return _writer.Node(
                "Attention", Microsoft, [("num_heads", attention.Heads)], _values[Values.Hidden], matrix, Biases(attention), "attention_mask");
        }

        string[] operands = [.. attention.Inputs.Select(name => _values[name])];
        if (_style.Attention == AttentionForm.MultiHead)
        {
            return _writer.Node("MultiHeadAttention", Microsoft, [("num_heads", attention.Heads)], [.. operands, Biases(attention)]);
        }

        string[] heads = [.. operands.Select(operand => _writer.Node(
            "Transpose", "", [("perm", new[] { 0, 2, 1, 3 })], _writer.Node("Reshape", operand, ShapeOf(attention))))];
        string keys = _writer.Node("Transpose", "", [("perm", new[] { 0, 1, 3, 2 })], heads[1]);
        string scores = _writer.Node("Div", _writer.Node("MatMul", heads[0], keys), _writer.Scalar(2));
        string context = _writer.Node("MatMul", _writer.Node("Softmax", "", [("axis", -1)], scores), heads[2]);
        string tokens = _writer.Node("Transpose", "", [("perm", new[] { 0, 2, 1, 3 })], context);
        return _writer.Node("Reshape", tokens, _writer.Integers([3], 0, 0, attention.Columns));
    }

    private string Biases(AttentionNode attention) =>
        Unnamed([3 * attention.Columns], [.. s_parts.SelectMany(part => Weights[attention.Name + part + ".bias"].Values)]);

    private string ShapeOf(AttentionNode attention) => _style.Attention == AttentionForm.ConstantShape
        ? _writer.Integers([4], 0, 0, -1, attention.HeadSize)
        : _writer.Node(
            "Concat", "", [("axis", 0)], Length(0), Length(1), _writer.Integers([1], attention.Heads), _writer.Integers([1], attention.HeadSize));

    private string Length(int dimension) =>
        _writer.Node("Unsqueeze", _writer.Node("Gather", _writer.Node("Shape", "input_ids"), _writer.Integers([], dimension)), _writer.Integers([1], 0));

    private string Activation(HiddenActivation function, string x)
    {
        if (_openBiases.TryGetValue(x, out string? bias))
        {
            return _writer.Node(function == HiddenActivation.Gelu ? "BiasGelu" : "FastGelu", Microsoft, [], x, Named(bias));
        }

        string Half(string factor) => _writer.Node("Mul", _writer.Node("Mul", x, _writer.Node("Add", factor, _writer.Scalar(1))), _writer.Scalar(0.5f));
        switch (function)
        {
            case HiddenActivation.Gelu:
                return Half(_writer.Node("Erf", _writer.Node("Div", x, _writer.Scalar(1.4142135f))));
            case HiddenActivation.GeluNew:
                string cube = _writer.Node("Mul", _writer.Node("Pow", x, _writer.Scalar(3)), _writer.Scalar(0.044715f));
                return Half(_writer.Node("Tanh", _writer.Node("Mul", _writer.Node("Add", x, cube), _writer.Scalar(0.7978846f))));
            case HiddenActivation.Silu:
                return _writer.Node("Mul", x, _writer.Node("Sigmoid", x));
            case HiddenActivation.QuickGelu:
                return _writer.Node("Mul", x, _writer.Node("Sigmoid", _writer.Node("Mul", x, _writer.Scalar(1.702f))));
            default:
                return _writer.Node(function == HiddenActivation.Tanh ? "Tanh" : "Relu", x);
        }
    }

    private string Decoder(DecoderNode decoder)
    {
        float[] words = Transposed("embeddings.word_embeddings.weight");
        return _writer.Node("Add", _writer.Node("MatMul", _values[decoder.Input], Unnamed([decoder.Width, decoder.Words], words)), Named(decoder.Bias));
    }
}
