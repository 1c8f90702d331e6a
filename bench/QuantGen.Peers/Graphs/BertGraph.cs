using QuantGen.Graph;
using QuantGen.Peers.Onnx;

namespace QuantGen.Peers.Graphs;

/// <summary>What a graph computes last.</summary>
internal enum GraphOutput
{
    /// <summary>The logits of a classifier over the first token.</summary>
    Logits,

    /// <summary>The hidden states of all tokens.</summary>
    Hidden,

    /// <summary>The mean of a text's hidden states, with a length of one. For texts without padding.</summary>
    Sentence,
}

/// <summary>BERT from the fused operators that ONNX Runtime has for it.</summary>
internal sealed class BertGraph
{
    private readonly ModelConfig _config;
    private readonly IWeightSource _weights;
    private readonly Recipe _recipe;
    private readonly GraphWriter _graph = new();
    private readonly LinearLayers _layers;

    private BertGraph(ModelConfig config, IWeightSource weights, Recipe recipe)
    {
        (_config, _weights, _recipe) = (config, weights, recipe);
        _layers = LinearLayers.Of(_graph, recipe);
    }

    /// <summary>Builds a graph with the inputs <c>input_ids</c>, <c>token_type_ids</c> and, with a mask, <c>attention_mask</c>.</summary>
    /// <remarks>Each is <c>[batch, length]</c> of 32-bit numbers; what comes out is floats.</remarks>
    /// <param name="config">The dimensions.</param>
    /// <param name="weights">The weights.</param>
    /// <param name="recipe">Which operators.</param>
    /// <param name="output">What comes out.</param>
    /// <returns>The bytes of the model.</returns>
    public static byte[] Build(ModelConfig config, IWeightSource weights, Recipe recipe, GraphOutput output) =>
        new BertGraph(config, weights, recipe).Encode(output);

    private (string Name, object Value) Epsilon => ("epsilon", (float)_config.LayerNormEpsilon);

    private byte[] Encode(GraphOutput output)
    {
        (string x, string? mask) = Embeddings();
        for (int layer = 0; layer < _config.Layers; layer++)
        {
            x = Layer(x, mask, FormattableString.Invariant($"encoder.layer.{layer}"));
        }

        switch (output)
        {
            case GraphOutput.Hidden:
                _graph.Output("hidden", x, "batch", "length", _config.HiddenSize);
                break;
            case GraphOutput.Sentence:
                string mean = _graph.Node("ReduceMean", [x], ("axes", new[] { 1 }), ("keepdims", 0));
                _graph.Output("vectors", _graph.Node("LpNormalization", [mean], ("axis", 1), ("p", 2)), "batch", _config.HiddenSize);
                break;
            default:
                _graph.Output("logits", Head(x), "batch", _config.Labels.Count);
                break;
        }

        return _graph.Encode();
    }

    private (string X, string? Mask) Embeddings()
    {
        string ids = _graph.Input("input_ids", "batch", "length");
        string segments = _graph.Input("token_type_ids", "batch", "length");
        string? raw = _recipe.Mask == PaddingMask.None ? null : _graph.Input("attention_mask", "batch", "length");
        string Table(string name, int rows) => Constant($"embeddings.{name}.weight", rows, _config.HiddenSize);
        string[] outputs = _graph.Nodes(
            "EmbedLayerNormalization",
            2,
            [
                ids, segments, Table("word_embeddings", _config.VocabularySize), Table("position_embeddings", _config.MaxPositions),
                Table("token_type_embeddings", _config.TypeVocabularySize), .. Norm("embeddings.LayerNorm"), raw,
            ],
            Epsilon);
        return (outputs[0], _recipe.Mask == PaddingMask.Lengths ? outputs[1] : raw);
    }

    private string Layer(string x, string? mask, string name)
    {
        string context = Attention(x, mask, name + ".attention.self");
        string attended = AddAndNormalize(context, x, name + ".attention.output", _config.HiddenSize);
        string wide = Gelu(attended, name + ".intermediate.dense");
        return AddAndNormalize(wide, attended, name + ".output", _config.IntermediateSize);
    }

    private string Attention(string x, string? mask, string name)
    {
        int hidden = _config.HiddenSize;
        string[] parts = [$"{name}.query", $"{name}.key", $"{name}.value"];
        string bias = _graph.Constant(name + ".bias", [3 * hidden], [.. parts.SelectMany(part => _weights.Get(part + ".bias", hidden))]);
        Matrix[] matrices = [.. parts.Select(part => Weights(part, hidden, hidden))];
        if (_recipe.Attention == AttentionForm.Fused)
        {
            return _layers.Attention(x, name, Matrix.Stack(matrices), bias, mask, _config.Heads);
        }

        string[] products = _recipe.Attention == AttentionForm.Joined
            ? _graph.Nodes("Split", 3, [_layers.Product(x, name, Matrix.Stack(matrices), null)], ("axis", 2))
            : [.. parts.Zip(matrices, (part, matrix) => _layers.Product(x, part, matrix, null))];
        return _graph.Node("MultiHeadAttention", [.. products, bias, mask], ("num_heads", _config.Heads));
    }

    // A product whose bias is added by itself, or by the operator that comes next.
    private (string Product, string? Bias) Product(string x, string name, int outputs, int inputs)
    {
        string bias = Constant(name + ".bias", outputs);
        string product = _layers.Product(x, name, Weights(name, outputs, inputs), _recipe.HasOwnBias ? bias : null);
        return (product, _recipe.HasOwnBias ? null : bias);
    }

    private string AddAndNormalize(string x, string residual, string name, int inputs)
    {
        (string product, string? bias) = Product(x, name + ".dense", _config.HiddenSize, inputs);
        return _graph.Node("SkipLayerNormalization", [product, residual, .. Norm(name + ".LayerNorm"), bias], Epsilon);
    }

    private string Gelu(string x, string name)
    {
        (string product, string? bias) = Product(x, name, _config.IntermediateSize, _config.HiddenSize);
        return bias is null ? _graph.Node("Gelu", [product]) : _graph.Node("BiasGelu", [product, bias]);
    }

    private string Head(string x)
    {
        string first = _graph.Node("Gather", [x, _graph.Constant("first", [], new long[1])], ("axis", 1));
        (string product, string? bias) = Product(first, "pooler.dense", _config.HiddenSize, _config.HiddenSize);
        string pooled = _graph.Node("Tanh", [bias is null ? product : _graph.Node("Add", [product, bias])]);
        string weight = Constant("classifier.weight", _config.Labels.Count, _config.HiddenSize);
        return _graph.Node("Gemm", [pooled, weight, Constant("classifier.bias", _config.Labels.Count)], ("transB", 1));
    }

    private Matrix Weights(string name, int outputs, int inputs) => new(_weights.Get(name + ".weight", outputs * inputs), outputs, inputs);

    private string[] Norm(string name) => [Constant(name + ".weight", _config.HiddenSize), Constant(name + ".bias", _config.HiddenSize)];

    private string Constant(string name, params int[] dimensions) =>
        _graph.Constant(name, dimensions, _weights.Get(name, dimensions.Aggregate((count, size) => count * size)));
}
