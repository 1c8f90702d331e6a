using QuantGen.Specs;
using QuantGen.Training.PostTraining.Solving;

namespace QuantGen.Training.PostTraining.Steps;

/// <summary>Learns for every weight whether it goes up or down, matrix by matrix, so that each one's outputs stay as they were (AdaRound).</summary>
/// <param name="values">The settings.</param>
internal sealed class AdaRoundStep(StepValues values) : IRecipeStep
{
    private readonly RoundingOptions _options = new(values.GetWhole("steps"), values.Get("learning_rate"), (float)values.Get("indecision"));

    /// <summary>What the step may be told.</summary>
    public static StepOption[] Options { get; } =
    [
        new("steps", 300, 1, 1_000_000, IsWhole: true), new("learning_rate", 0.2, 1e-6, 10), new("indecision", 0.1, 0, 1000),
    ];

    /// <summary>Says why the step cannot make a model; null when it can.</summary>
    public static string? Refusal(ModelSpec spec) => StepTable.UniformIsMissing(spec) ?? LayerInputs.OneBit(spec);

    public void Run(RecipeState state, IProgress<double>? progress, CancellationToken cancellation) => MatrixStages.Round(
        state,
        (weights, grid, moments, pass) => MomentRounding.Run(weights, grid, moments, _options, pass, cancellation),
        progress,
        cancellation);
}
