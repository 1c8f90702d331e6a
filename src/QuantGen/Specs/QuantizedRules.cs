using QuantGen.Graph;

namespace QuantGen.Specs;

/// <summary>What a model whose every operation is rounded excludes, and what follows from that where nothing is said.</summary>
internal static class QuantizedRules
{
    private const string Id = "QG1117";
    private const int PositionBits = 8;

    /// <summary>Gets how codes of a matrix are spread where a plan says nothing: over the range as it is.</summary>
    /// <param name="options">What attribute or command line say.</param>
    public static Mapping Mapping(SpecOptions options) =>
        options.Numerics == Numerics.Quantized && options.Mapping == QuantGen.Mapping.Symmetric ? QuantGen.Mapping.Offset : options.Mapping;

    /// <summary>Gets the groups of a matrix where a plan says nothing: a range for each row, unless a number of groups is given.</summary>
    /// <param name="options">What attribute or command line say.</param>
    /// <param name="rows">Rows of the matrix.</param>
    public static int Groups(SpecOptions options, int rows) =>
        options.Numerics == Numerics.Quantized && options.GroupCount == Defaults.Groups && options.GroupSize == 0 ? rows : options.GroupCount;

    /// <summary>Gets the bits of embeddings of positions and token types, which are codes beside weights that are.</summary>
    /// <param name="options">What attribute or command line say.</param>
    /// <param name="matrices">The legal matrices.</param>
    public static int PositionBitsOf(SpecOptions options, IReadOnlyList<MatrixSpec> matrices) =>
        options.Numerics == Numerics.Quantized && matrices.Any(matrix => matrix.IsQuantized) ? PositionBits : options.PositionBits;

    /// <summary>Checks what was said.</summary>
    /// <param name="options">What attribute or command line say.</param>
    /// <param name="matrices">The legal matrices.</param>
    /// <param name="graph">The steps.</param>
    /// <param name="issues">Receives what is excluded.</param>
    public static void Check(SpecOptions options, IReadOnlyList<MatrixSpec> matrices, ModelGraph graph, ICollection<SpecIssue> issues)
    {
        if (options.Numerics != Numerics.Quantized)
        {
            new Exclusions(Id, SpecNames.Of(options.Numerics) + " numerics", issues).First(
                matrices, m => m.HasCenters, "ranges of weights as they are", "Mapping.Offset belongs to Numerics.Quantized", "Mapping");
            return;
        }

        var exclusions = new Exclusions(Id, "Numerics.Quantized", issues);
        exclusions.First(matrices, m => m.IsQuantized && !m.IsUniform, "codebooks and pairs", "use Storage.Uniform", "Storage");
        exclusions.First(matrices, m => m.Segments().Any(s => s.Bits == 1), "weights of one bit", "use 2 to 8", "Bits");
        exclusions.First(matrices, m => m.GroupSize > 0, "ranges along inputs", "use groups of rows", "GroupSize");
        bool isPlain = matrices.All(m => !m.IsQuantized);
        exclusions.First(matrices, m => !isPlain && !m.IsQuantized, "weights of 32 bits beside codes", "use 2 to 8", "Bits");
        exclusions.First(
            matrices, m => m.IsQuantized && !m.HasCenters, "codes that have one of their own for zero", "leave the mapping to the numerics", "Mapping");
        exclusions.Add(graph.IsShared, "layers that share their weights, whose uses have ranges of their own", "use Numerics.Float", "Numerics");
        exclusions.Add(options.HasResidualFactors, "factors of residuals", "use a recipe without a step that moves factors", "Numerics");
        exclusions.Add(options.Head == BertHead.MaskedLanguageModel, "the head MaskedLanguageModel", "use Numerics.Float", "Head");
        exclusions.Add(options.Training, "training", "quantgen distill --scheme fullyqt trains it", "Training");
        exclusions.Add(options.ActivationBits == 1, "activations of one bit", "use 2 to 8", "ActivationBits", 2);
        exclusions.Add(
            options.AttentionBits == Defaults.FullPrecisionBits, "attention of 32 bits", "use 2 to 8", "AttentionBits", Defaults.ActivationBits);
        exclusions.Add(options.Attention != AttentionKind.Softmax, "Boolean attention", "use AttentionKind.Softmax", "Attention");
        exclusions.Add(options.ActivationRange == ActivationRange.PerToken, "a range of each token", "use ActivationRange.Static", "ActivationRange");
        int embeddingBits = SpecRules.EmbeddingBits(options);
        exclusions.Add(
            !isPlain && (embeddingBits is 1 or Defaults.FullPrecisionBits || SpecRules.EmbeddingStorage(options) != Storage.Uniform),
            "an embedding of one or 32 bits or with a codebook", "use uniform codes of 2 to 8 bits", "EmbeddingBits", Defaults.ActivationBits);
    }
}
