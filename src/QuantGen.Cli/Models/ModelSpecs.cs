using QuantGen.Cli.Compilation;
using QuantGen.Cli.Conventions;
using QuantGen.Graph;
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
        return Build(config, new SpecOptions { Head = head ?? config.Head }, issues)
            ?? throw new InvalidDataException(Messages(issues));
    }

    /// <summary>Builds a quantized model.</summary>
    /// <param name="config">The dimensions.</param>
    /// <param name="options">The identity beside them.</param>
    /// <param name="recipe">How its codes are found.</param>
    /// <exception cref="UsageException">The options do not describe a model of these dimensions, or the recipe does not suit it.</exception>
    public static ModelSpec Quantized(ModelConfig config, SpecOptions options, Recipe recipe)
    {
        var issues = new List<SpecIssue>();
        ModelSpec? spec = Build(config, options, issues);
        if (spec is not null)
        {
            RecipeRules.Check(spec, recipe, issues);
        }

        return issues.Count == 0 ? spec! : throw new UsageException(Messages(issues));
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
