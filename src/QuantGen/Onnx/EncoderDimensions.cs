using System.Globalization;
using QuantGen.Architectures;
using QuantGen.Graph;
using QuantGen.Specs;

namespace QuantGen.Onnx;

/// <summary>Finds the dimensions of an encoder in the shapes of its tensors and in the nodes of its graph.</summary>
/// <param name="file">The model.</param>
/// <param name="family">Whose tensors they are.</param>
/// <param name="weights">Its tensors.</param>
internal sealed class EncoderDimensions(OnnxFile file, ModelFamily family, EncoderWeights weights)
{
    private const string Intermediate = "intermediate.dense";
    private static readonly string s_firstOutput = LayerNames.Of(0, "output.dense");

    /// <summary>Gets the configuration; one that is known is compared with the graph, and keeps what the graph does not say.</summary>
    /// <param name="known">What a <c>config.json</c> says; null for nothing.</param>
    /// <exception cref="ModelFormatException">The graph does not say enough, or something else than the configuration.</exception>
    public ModelConfig Config(ModelConfig? known)
    {
        var traits = new GraphTraits(file.Name, file.Graph);
        int[] words = Shape(PackedLayout.WordEmbedding + ".weight", 2);
        int[] positions = Shape(PackedLayout.PositionEmbedding + ".weight", 2);
        traits.RequirePlainPositions(weights.Found[PackedLayout.PositionEmbedding + ".weight"].Tensor);
        int[] output = Shape(s_firstOutput + ".weight", 2);
        int layers = DistinctLayers();
        HiddenActivation? activation = traits.Activation(
            Enumerable.Range(0, layers).SelectMany(layer => weights.EndsOf(LayerNames.Of(layer, Intermediate))));
        ModelConfig defaults = known ?? family.Defaults;
        (BertHead head, int outputs) = Head();
        var found = new ModelConfig
        {
            Architecture = family.Architecture,
            Layers = Layers(layers),
            HiddenSize = output[0],
            EmbeddingSize = words[1],
            Heads = Known("attention heads", traits.Heads(output[0]), known?.Heads),
            IntermediateSize = output[1],
            VocabularySize = words[0],
            MaxPositions = positions[0],
            TypeVocabularySize = family.HasTokenTypes ? Shape(PackedLayout.TypeEmbedding + ".weight", 2)[0] : 0,
            HiddenActivation = Known("activation function", activation, known?.HiddenActivation),
            LayerNormEpsilon = Known("epsilon of layer normalization", traits.Epsilon(), known?.LayerNormEpsilon),
            Labels = Labels(known, outputs, defaults),
            Head = IsSameHead(known?.Head, head) ? known!.Head : head,
        };
        Require(found, known);
        return found;
    }

    private static EquatableArray<string> Labels(ModelConfig? known, int outputs, ModelConfig defaults) =>
        outputs == 0 || known?.Labels.Count == outputs ? defaults.Labels
        : new(Enumerable.Range(0, outputs).Select(i => "LABEL_" + i.ToString(CultureInfo.InvariantCulture)));

    // A file of one output and several labels, or the reverse, is refused by the shapes.
    private static bool IsSameHead(BertHead? known, BertHead found) => known == found
        || (known is BertHead.SequenceClassification or BertHead.Regression && found is BertHead.SequenceClassification or BertHead.Regression);

    private void Require(ModelConfig found, ModelConfig? known)
    {
        if (known is not null && known with { Head = found.Head, Labels = found.Labels } != found)
        {
            throw new ModelFormatException(file.Name, "graph", "the dimensions of --config", Difference(known, found));
        }
    }

    /// <summary>Lists what distinguishes dimensions, for messages.</summary>
    /// <param name="known">The right ones.</param>
    /// <param name="found">Others.</param>
    public static string Difference(ModelConfig known, ModelConfig found)
    {
        (string Name, object Known, object Found)[] all =
        [
            ("layers", known.Layers, found.Layers), ("hidden size", known.HiddenSize, found.HiddenSize),
            ("embedding size", known.EmbeddingSize, found.EmbeddingSize), ("attention heads", known.Heads, found.Heads),
            ("feed-forward size", known.IntermediateSize, found.IntermediateSize), ("vocabulary", known.VocabularySize, found.VocabularySize),
            ("positions", known.MaxPositions, found.MaxPositions), ("token types", known.TypeVocabularySize, found.TypeVocabularySize),
            ("activation", known.HiddenActivation, found.HiddenActivation), ("epsilon", known.LayerNormEpsilon, found.LayerNormEpsilon),
        ];
        return string.Join(", ", all.Where(row => !row.Known.Equals(row.Found))
            .Select(row => string.Create(CultureInfo.InvariantCulture, $"{row.Name} {row.Found} instead of {row.Known}")));
    }

    private T Known<T>(string what, T? found, T? known)
        where T : struct
        => found ?? known ?? throw new ModelFormatException(file.Name, what, "nodes of a known form that say it (or --config)", "none");

    private int[] Shape(string name, int rank) => weights.Found.TryGetValue(name, out WeightView? view) && view.Shape.Length == rank
        ? view.Shape
        : throw new ModelFormatException(file.Name, $"tensor '{name}'", $"one of {rank} dimensions", view is null ? "none" : "another");

    private int DistinctLayers() =>
        weights.Found.Keys.Select(name => LayerNames.Split(name, out int layer, out _) ? layer + 1 : 0).Max() is <= SpecLimits.MaxLayers and int layers
            ? layers
            : throw new ModelFormatException(file.Name, "layers", $"at most {SpecLimits.MaxLayers}", "more");

    // A family that uses one layer over and over has as many layers as the graph has uses of it.
    private int Layers(int distinct) => family.DistinctLayers(new ModelConfig { Layers = distinct + 1 }) == distinct + 1
        ? distinct
        : weights.EndsOf(s_firstOutput).Count;

    // The head all of whose tensors are there, the largest one first: a classifier with a pooler is more than one without.
    private (BertHead Head, int Outputs) Head()
    {
        (BertHead Head, string[] Steps)[] heads = [.. ModelConfigReader.Heads
            .Select(head => (head, family.Head(family.Defaults, head, 1).Select(StepOf).Where(name => name.Length > 0).ToArray()))
            .Where(row => row.Item2.All(step => weights.Found.ContainsKey(step == Steps.MaskedLanguageBias ? step : step + ".weight")))
            .OrderByDescending(row => row.Item2.Length)];
        if (heads.Length == 0)
        {
            return (BertHead.Encoder, 0);
        }

        (BertHead best, string[] steps) = heads[0];
        int outputs = best is BertHead.MaskedLanguageModel or BertHead.QuestionAnswering ? 0 : Shape(steps[^1] + ".weight", 2)[0];
        return (best == BertHead.SequenceClassification && outputs == 1 ? BertHead.Regression : best, outputs);
    }

    private static string StepOf(Node node) => node is DecoderNode decoder ? decoder.Bias : EncoderNames.NameOf(node);
}
