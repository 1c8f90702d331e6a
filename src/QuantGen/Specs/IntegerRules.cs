using QuantGen.Graph;

namespace QuantGen.Specs;

/// <summary>What a model without floats excludes: everything whose steps have no integer form.</summary>
internal static class IntegerRules
{
    private const string Id = "QG1116";
    private const int Bits = 8;

    // FixedExponential.MostKeys: sums of weights times values fit 32 bits.
    private const int MostPositions = 4096;

    /// <summary>Checks what was said; defaults follow from the numerics.</summary>
    /// <param name="config">The dimensions.</param>
    /// <param name="options">What attribute or command line say.</param>
    /// <param name="matrices">The legal matrices.</param>
    /// <param name="graph">The steps.</param>
    /// <param name="issues">Receives what is excluded.</param>
    public static void Check(
        ModelConfig config, SpecOptions options, IReadOnlyList<MatrixSpec> matrices, ModelGraph graph, ICollection<SpecIssue> issues)
    {
        var exclusions = new Exclusions(Id, "Numerics.Integer", issues);
        CheckMatrices(matrices, exclusions);
        exclusions.Add(graph.IsShared, "layers that share their weights, whose uses have ranges of their own", "use Numerics.Float", "Numerics");
        exclusions.Add(options.HasResidualFactors, "factors of residuals", "use a recipe without a step that moves factors", "Numerics");
        exclusions.Add(options.Head == BertHead.MaskedLanguageModel, "the head MaskedLanguageModel", "use Numerics.Float", "Head");
        exclusions.Add(options.Training, "training", "train its checkpoint and quantize that", "Training");
        exclusions.Add(
            options.ActivationBits is int bits && bits != Bits, $"activations of {options.ActivationBits} bits", "use 8", "ActivationBits", Bits);
        exclusions.Add(
            options.AttentionBits is int attention && attention != Bits, $"attention of {options.AttentionBits} bits", "use 8", "AttentionBits", Bits);
        exclusions.Add(options.Attention != AttentionKind.Softmax, "Boolean attention", "use AttentionKind.Softmax", "Attention");
        exclusions.Add(
            options.ActivationRange == ActivationRange.PerToken, "a range of each token", "use ActivationRange.Static", "ActivationRange");
        exclusions.Add(
            config.HiddenActivation is not (HiddenActivation.Gelu or HiddenActivation.GeluNew or HiddenActivation.Relu),
            $"the activation function {SpecNames.Of(config.HiddenActivation)}", "it has gelu, gelu_new and relu", "HiddenActivation");
        exclusions.Add(
            config.MaxPositions > MostPositions, $"{config.MaxPositions} positions", $"it has up to {MostPositions}", "MaxPositions", MostPositions);
        exclusions.Add(
            options.PositionBits != Defaults.PositionBits, $"positions of {options.PositionBits} bits", "use 32, which are integers once they are loaded",
            "PositionBits", Defaults.PositionBits);
        int embeddingBits = SpecRules.EmbeddingBits(options);
        exclusions.Add(
            embeddingBits == 1 || (embeddingBits != Defaults.FullPrecisionBits && SpecRules.EmbeddingStorage(options) != Storage.Uniform),
            "an embedding of one bit or with a codebook", "use uniform codes of 2 to 8 bits, or 32", "EmbeddingBits", Bits);
    }

    private static void CheckMatrices(IReadOnlyList<MatrixSpec> matrices, Exclusions exclusions)
    {
        exclusions.First(matrices, m => m.IsQuantized && !m.IsUniform, "codebooks and pairs", "use Storage.Uniform", "Storage");
        exclusions.First(matrices, m => !m.IsQuantized || m.Segments().Any(s => s.Bits == 1), "weights of 1 and 32 bits", "use 2 to 8", "Bits");
        exclusions.First(matrices, m => m.HasZeroPoints, "asymmetric weights", "use Mapping.Symmetric", "Mapping");
        exclusions.First(matrices, m => m.GroupSize > 0, "scales along inputs", "use groups of rows", "GroupSize");
    }
}
