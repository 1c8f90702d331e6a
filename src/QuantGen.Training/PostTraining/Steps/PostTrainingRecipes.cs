using QuantGen.Graph;
using QuantGen.Specs;

namespace QuantGen.Training.PostTraining.Steps;

/// <summary>Which recipes there are, and which are legal.</summary>
public static class PostTrainingRecipes
{
    private static readonly (string Name, string[] Steps)[] s_named =
    [
        ("nearest", ["mse"]),
        ("gptq", ["mse", "gptq"]),
        ("adaround", ["mse", "adaround"]),
        ("brecq", ["mse", "brecq"]),
        ("mrem", ["mse", "mrem"]),
        ("mixed", ["hessian", "mse", "gptq"]),
        ("search", ["search", "mse", "gptq"]),
        ("data-free", ["data-free", "mse", "gptq"]),
        ("smoothquant", ["smooth", "min-max", "activation-min-max"]),
        ("outlier-suppression", ["gamma-migration", "mse", "token-wise-clipping"]),
        ("integer-only", ["mse", "integer-only"]),
    ];

    /// <summary>Gets the names of the recipes that need not be written down.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. s_named.Select(recipe => recipe.Name)];

    /// <summary>Finds a named recipe; null when there is none.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    public static IReadOnlyList<RecipeStep>? Find(string name) => Array.Find(s_named, recipe => recipe.Name == name).Steps is string[] steps
        ? [.. steps.Select(step => new RecipeStep(step, default))]
        : null;

    /// <summary>Gets a recipe with all settings spelled out, as a recipe file says them.</summary>
    /// <param name="steps">Legal steps.</param>
    public static IReadOnlyList<RecipeStep> Spelled(IEnumerable<RecipeStep> steps) =>
    [
        .. steps.Select(step =>
        {
            IReadOnlyList<StepOption> options = StepTable.Find(step.Name)?.Settings ?? [];
            var values = new StepValues(options, step);
            return step with { Settings = new EquatableArray<StepSetting>(options.Select(o => new StepSetting(o.Name, values.Get(o.Name), null))) };
        }),
    ];

    /// <summary>Says whether a recipe runs texts through the model.</summary>
    /// <param name="steps">Legal steps.</param>
    public static bool NeedsTexts(IEnumerable<RecipeStep> steps) => steps.Any(step => StepTable.Find(step.Name) is { NeedsTexts: true });

    /// <summary>Says whether a recipe makes the texts itself that it runs through the model.</summary>
    /// <param name="steps">Legal steps.</param>
    public static bool MakesTexts(IEnumerable<RecipeStep> steps) => steps.Any(step => StepTable.Find(step.Name) is { Kind: StepKind.Texts });

    /// <summary>Says whether a recipe finds ranges of weights itself.</summary>
    /// <param name="steps">Legal steps.</param>
    public static bool FindsRanges(IEnumerable<RecipeStep> steps) => steps.Any(step => StepTable.Find(step.Name) is { Kind: StepKind.Ranges });

    /// <summary>Says whether a recipe finds ranges of activations apart from those of weights, so that the model has to store them.</summary>
    /// <param name="steps">Legal steps.</param>
    public static bool FindsActivationRanges(IEnumerable<RecipeStep> steps) =>
        steps.Any(step => StepTable.Find(step.Name) is { Kind: StepKind.ActivationRanges });

    /// <summary>Gets what a model computes with where only its recipe says it: integers where a step is for models without floats.</summary>
    /// <param name="steps">Legal steps.</param>
    public static Numerics NumericsOf(IEnumerable<RecipeStep> steps) =>
        steps.Any(step => StepTable.Find(step.Name) is { IsForIntegers: true }) ? Numerics.Integer : Numerics.Float;

    /// <summary>Says whether a recipe has a step of which a part is jobs that other processes may do.</summary>
    /// <param name="steps">Legal steps.</param>
    /// <param name="target">The model.</param>
    public static bool HasJobs(IEnumerable<RecipeStep> steps, ModelSpec target) =>
        steps.Any(step => StepTable.Find(step.Name) is StepTraits traits
            && traits.Create(new StepValues(traits.Settings, step)) is IJobStep own && own.JobCount(target, partsDone: 0) > 0);

    /// <summary>Gets the model that a recipe makes of one that options describe: with factors on its residuals where a step moves some there.</summary>
    /// <param name="steps">The steps.</param>
    /// <param name="target">The model that the options describe.</param>
    internal static ModelSpec Target(IEnumerable<RecipeStep> steps, ModelSpec target) =>
        !target.Graph.IsShared && steps.Any(step => StepTable.Find(step.Name) is { Kind: StepKind.Factors })
            ? target with { HasResidualFactors = true }
            : target;

    /// <summary>Checks names, settings and order, and whether the steps can make a model.</summary>
    /// <param name="steps">The steps.</param>
    /// <param name="target">The model; null to check the steps alone.</param>
    /// <returns>What is wrong first, on one line; null when nothing is.</returns>
    public static string? FirstIssue(IReadOnlyList<RecipeStep> steps, ModelSpec? target)
    {
        ArgumentNullException.ThrowIfNull(steps);
        if (steps.Count == 0)
        {
            return "a recipe has at least one step";
        }

        target = target is null ? null : Target(steps, target);
        StepTraits? before = null;
        foreach (RecipeStep step in steps)
        {
            if (StepTable.Find(step.Name) is not StepTraits traits)
            {
                return $"there is no step '{step.Name}'; steps are {string.Join(", ", StepTable.All.Select(row => row.Name))}";
            }

            string? issue = SettingIssue(step, traits) ?? OrderIssue(before, traits)
                ?? (target is null ? null : BitIssue(traits, target) ?? RoundingIssue(traits, target) ?? traits.Refuses(target));
            if (issue is not null)
            {
                return $"step '{step.Name}': {issue}";
            }

            before = traits;
        }

        return null;
    }

    // Weights span their ranges as they are, and what other steps run rounds less than the model.
    private static string? RoundingIssue(StepTraits step, ModelSpec target) => !target.IsRounded || step.IsRule ? null
        : "every operation is rounded, for which there are only rules for ranges of activations";

    // All other steps run codes of more bits, or spread them over a range.
    private static string? BitIssue(StepTraits step, ModelSpec target) =>
        !target.HasBitActivations || step.Kind is StepKind.Texts or StepKind.Factors or StepKind.Ranges ? null
        : "activations have one bit, and what it finds is for more of them";

    private static string? SettingIssue(RecipeStep step, StepTraits traits)
    {
        foreach (StepSetting setting in step.Settings)
        {
            StepOption? option = traits.Settings.FirstOrDefault(o => o.Name == setting.Name);
            if (option is null)
            {
                return traits.Settings.Count == 0
                    ? $"it has no settings, found '{setting.Name}'"
                    : $"its settings are {string.Join(", ", traits.Settings.Select(o => o.Name))}, found '{setting.Name}'";
            }

            bool isLegal = setting.Word is null && setting.Number >= option.Least && setting.Number <= option.Most
                && (!option.IsWhole || setting.Number == Math.Floor(setting.Number));
            if (!isLegal)
            {
                string found = setting.Word is null ? FormattableString.Invariant($"{setting.Number}") : $"'{setting.Word}'";
                return FormattableString.Invariant(
                    $"'{option.Name}' is a {(option.IsWhole ? "whole number" : "number")} from {option.Least} to {option.Most}, found {found}");
            }
        }

        return null;
    }

    private static string? OrderIssue(StepTraits? before, StepTraits step) => before is null ? null
        : before.TrainsBiases && step.Kind == StepKind.Biases ? $"'{before.Name}' before it has trained the biases"
        : before.Kind < step.Kind ? null
        : before.Kind == step.Kind && step.StartsFromCodes && !before.StartsFromCodes && !before.TrainsBiases ? null
        : before.Kind == step.Kind ? $"'{before.Name}' before it finds the same"
        : $"it comes after '{before.Name}', and the order is texts, plans, factors, ranges, codes, biases, ranges of activations";
}
