using QuantGen.Cli.Compilation;
using QuantGen.Cli.Conventions;
using QuantGen.Specs;

namespace QuantGen.Cli.Models;

/// <summary>Builds models from dimensions and options.</summary>
internal static class ModelSpecs
{
    /// <summary>Builds the model of a checkpoint as it is.</summary>
    /// <exception cref="InvalidDataException">No code can be generated for these dimensions.</exception>
    public static ModelSpec FullPrecision(ModelConfig config, BertHead? head)
    {
        var issues = new List<SpecIssue>();
        return Build(config, new SpecOptions { Bits = 32, EmbeddingBits = 32, Clipping = Clipping.MinMax, Head = head ?? config.Head }, issues)
            ?? throw new InvalidDataException(Messages(issues));
    }

    /// <summary>Builds a quantized model.</summary>
    /// <exception cref="UsageException">The options do not describe a model of these dimensions.</exception>
    public static ModelSpec Quantized(ModelConfig config, SpecOptions options)
    {
        var issues = new List<SpecIssue>();
        return Build(config, options, issues) ?? throw new UsageException(Messages(issues));
    }

    private static ModelSpec? Build(ModelConfig config, SpecOptions options, List<SpecIssue> issues)
    {
        // Bounds of the memory plan are no part of a model; they only have to be legal here.
        int positions = Math.Max(1, config.MaxPositions);
        return SpecBuilder.Build(
            config,
            options with
            {
                LabelCount = config.Labels.Count, MaxSequenceLength = positions, MaxBatchTokens = Math.Max(positions, CompilationTarget.DefaultBatchTokens),
            },
            issues);
    }

    private static string Messages(List<SpecIssue> issues) => string.Join("; ", issues.Select(issue => issue.Message).Distinct().Take(3));
}
