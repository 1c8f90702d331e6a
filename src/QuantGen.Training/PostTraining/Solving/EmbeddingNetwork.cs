using QuantGen.Graph;
using QuantGen.Quantization;
using QuantGen.Specs;
using QuantGen.Trainable;

namespace QuantGen.Training.PostTraining.Solving;

/// <summary>What stands before the first layer of an encoder: embeddings, normalization and, where widths differ, a projection; in full precision.</summary>
internal sealed class EmbeddingNetwork
{
    private readonly TrainingPass _pass;
    private readonly TrainableEmbedding _embedding;
    private readonly TrainableNorm _norm;
    private readonly TrainableLinears? _projection;
    private float[] _sums = [];
    private float[] _normalized = [];
    private float[] _output = [];

    /// <summary>Makes the network.</summary>
    /// <param name="source">What it is made of: a model whose word embedding is in full precision.</param>
    public EmbeddingNetwork(LayerSource source)
    {
        Parameter Read(string name, ParameterKind kind, params int[] shape)
        {
            var parameter = new Parameter(name, kind, shape);
            source.Read(name).CopyTo(parameter.Values, 0);
            return parameter;
        }

        _pass = source.Pass;
        IReadOnlyList<Node> nodes = source.Spec.Graph.Nodes;
        EmbeddingNode node = nodes.OfType<EmbeddingNode>().First();
        Parameter Table(string name, int rows) => Read(name + ".weight", ParameterKind.Embedding, rows, node.Columns);
        MatrixSpec matrix = SchemeQuantizer.EmbeddingMatrix(source.Spec, traits: null);
        var words = new QuantizedParameter(Table(PackedLayout.WordEmbedding, node.Words), matrix, null, null, null, new TrainableOptions());
        _embedding = new TrainableEmbedding(
            new EmbeddingTable(words, isPair: false), Table(PackedLayout.PositionEmbedding, node.Positions),
            node.Types > 0 ? Table(PackedLayout.TypeEmbedding, node.Types) : null);
        string norm = nodes.OfType<NormNode>().First().Name;
        _norm = new TrainableNorm(
            Read(norm + ".weight", ParameterKind.LayerNorm, node.Columns), Read(norm + ".bias", ParameterKind.LayerNorm, node.Columns),
            (float)source.Spec.Dimensions.LayerNormEpsilon);
        LinearNode first = nodes.OfType<LinearNode>().First();
        _projection = first.Part != ModelPart.Embedding ? null : new TrainableLinears(null, new TrainableLinear(
            Read(first.Name + ".weight", ParameterKind.Weight, first.Rows, first.Width), Read(first.Name + ".bias", ParameterKind.Bias, first.Rows),
            isHead: false));
    }

    /// <summary>Computes the states that enter the first layer, <c>[tokens, hidden size]</c>; they stay until the next call.</summary>
    public ReadOnlySpan<float> Forward(TrainingBatch batch)
    {
        _pass.Begin(batch, new ForwardOptions(ForwardPurpose.Evaluate));
        int columns = _embedding.Words.Shape[1];
        FloatBuffers.Reserve(ref _sums, (long)batch.TokenCount * columns);
        FloatBuffers.Reserve(ref _normalized, (long)batch.TokenCount * columns);
        _embedding.Forward(_pass, _sums);
        _norm.Forward(_pass, batch.TokenCount, _sums, _normalized);
        if (_projection is null)
        {
            return _normalized.AsSpan(0, batch.TokenCount * columns);
        }

        FloatBuffers.Reserve(ref _output, (long)batch.TokenCount * _projection.Rows);
        _projection.Forward(_pass, _normalized, batch.TokenCount, use: 0, _output);
        return _output.AsSpan(0, batch.TokenCount * _projection.Rows);
    }
}
