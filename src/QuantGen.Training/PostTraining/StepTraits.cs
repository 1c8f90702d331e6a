using QuantGen.Specs;

namespace QuantGen.Training.PostTraining;

/// <summary>One row of the table of steps.</summary>
/// <param name="Name">Its name in recipes.</param>
/// <param name="Kind">What it changes.</param>
/// <param name="NeedsTexts">Whether it runs texts through the model.</param>
/// <param name="Settings">What it may be told, with bounds and defaults.</param>
/// <param name="Create">Makes the step of its settings.</param>
internal sealed record StepTraits(string Name, StepKind Kind, bool NeedsTexts, IReadOnlyList<StepOption> Settings, Func<StepValues, IRecipeStep> Create)
{
    /// <summary>Gets whether biases are learned with the codes, so that nothing is left to correct in them.</summary>
    public bool TrainsBiases { get; init; }

    /// <summary>Gets whether the step begins with the codes that a step right before it found, so that both may stand in a recipe.</summary>
    public bool StartsFromCodes { get; init; }

    /// <summary>Gets whether the step is for models without floats alone, so that a recipe with it makes one.</summary>
    public bool IsForIntegers { get; init; }

    /// <summary>Gets whether the step is one rule for all ranges of activations.</summary>
    public bool IsRule { get; init; }

    /// <summary>Gets what is wrong with a model for this step; null when nothing is. Default: any model will do.</summary>
    public Func<ModelSpec, string?> Refuses { get; init; } = _ => null;
}
