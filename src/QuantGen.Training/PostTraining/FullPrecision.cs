using QuantGen.Packed;
using QuantGen.Quantization;
using QuantGen.Specs;

namespace QuantGen.Training.PostTraining;

/// <summary>Makes full-precision models that show every place whose activations a quantized one gives codes.</summary>
internal static class FullPrecision
{
    /// <summary>Builds such a model with the weights of a checkpoint, or with those that took their place.</summary>
    public static PackedModel Build(WorkingWeights weights, ModelSpec target, PostTrainingOptions options, CancellationToken cancellation)
    {
        ModelSpec spec = Of(target);

        // Attention's operands are shown instead of being quantized, so that any range will do.
        var ranges = spec.AttentionSites().ToDictionary(
            site => site.Name,
            site => (IReadOnlyList<QuantizationParameters>)[.. Enumerable.Repeat(QuantizationParameters.Symmetric(1f, spec.AttentionBits), site.Uses)],
            StringComparer.Ordinal);
        var plain = new PostTrainingOptions { Tokenizer = options.Tokenizer, Labels = options.Labels, StaticRanges = ranges, Threads = options.Threads };
        return PostTrainingQuantizer.Quantize(weights, new Dictionary<string, QuantizedMatrix>(), spec, plain, cancellation).Builder
            .Build(weights.Checkpoint.Directory);
    }

    /// <summary>Gets the model in floats, attention included, as training computes it: before factors move, residuals have none.</summary>
    public static ModelSpec Trainable(ModelSpec target) =>
        Of(target with { HasResidualFactors = false, AttentionBits = Defaults.AttentionBits });

    /// <summary>Gets the model in floats that shows all places of another.</summary>
    public static ModelSpec Of(ModelSpec target)
    {
        int positions = Math.Max(1, target.Dimensions.MaxPositions);
        var options = new SpecOptions
        {
            Head = target.Head,
            HasResidualFactors = target.HasResidualFactors,
            Numerics = target.ShowsRounding && target.HasQuantizedAttention ? Numerics.Quantized : Numerics.Float,
            LabelCount = target.HasOutputLayer ? target.OutputCount : new SpecOptions().LabelCount,
            MaxSequenceLength = positions,
            MaxBatchTokens = Math.Max(positions, new CalibrationOptions().BatchTokens),
        };
        var issues = new List<SpecIssue>();
        ModelSpec spec = SpecBuilder.Build(target.Dimensions, options, issues) ?? throw new ArgumentException(issues[0].Message, nameof(target));
        return spec with { AttentionBits = target.AttentionBits };
    }
}
