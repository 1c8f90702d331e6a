using QuantGen.Graph;
using QuantGen.Peers.Graphs;
using QuantGen.Peers.Racing;

namespace QuantGen.Peers.Tests;

/// <summary>A model small enough to be computed by every graph, with weights large enough that each of its matrices counts.</summary>
internal static class TinyModel
{
    public static ModelConfig Config { get; } = new()
    {
        VocabularySize = 50, HiddenSize = 256, EmbeddingSize = 256, Layers = 2, Heads = 4, IntermediateSize = 512, MaxPositions = 32,
        Head = BertHead.SequenceClassification, Labels = new(["a", "b"]),
    };

    public static IWeightSource Weights { get; } = new RandomWeights(42, spread: 0.2f);

    public static Sequence Short { get; } = Text(5);

    public static Sequence Long { get; } = Text(12);

    /// <summary>Computes batches.</summary>
    public static IReadOnlyList<float[]> Run(
        Recipe recipe, IReadOnlyList<IReadOnlyList<Sequence>> batches, GraphOutput output = GraphOutput.Hidden, IWeightSource? weights = null)
    {
        using var session = PeerSession.Load(Config, weights ?? Weights, recipe, output, threads: 1, batches);
        return session.Outputs();
    }

    private static Sequence Text(int length) => new([.. Enumerable.Range(0, length).Select(i => ((i * 7) + length) % 50)], new int[length]);
}
