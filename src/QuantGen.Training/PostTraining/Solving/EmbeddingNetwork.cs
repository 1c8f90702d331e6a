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
    /// <param name="source">What it is made of: a model whose embeddings are in full precision.</param>
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
        EmbeddingTable Table(MatrixSpec table) => new(
            new QuantizedParameter(
                Read(table.Name + ".weight", ParameterKind.Embedding, table.Rows, table.Columns), table, null, null, null, new TrainableOptions()),
            isPair: false);
        _embedding = new TrainableEmbedding(
            Table(SchemeQuantizer.EmbeddingMatrix(source.Spec, traits: null)), Table(source.Spec.Matrix(PackedLayout.PositionEmbedding)),
            node.Types > 0 ? Table(source.Spec.Matrix(PackedLayout.TypeEmbedding)) : null);
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
        _norm.Forward(_pass, _pass.TokenRows, _sums, _normalized);
        if (_projection is null)
        {
            return _normalized.AsSpan(0, batch.TokenCount * columns);
        }

        FloatBuffers.Reserve(ref _output, (long)batch.TokenCount * _projection.Rows);
        _projection.Forward(_pass, _normalized, batch.TokenCount, use: 0, _output);
        return _output.AsSpan(0, batch.TokenCount * _projection.Rows);
    }
}
