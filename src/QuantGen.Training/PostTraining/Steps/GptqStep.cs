using QuantGen.Training.PostTraining.Solving;

namespace QuantGen.Training.PostTraining.Steps;

/// <summary>Finds codes layer by layer, so that each matrix's outputs stay close on what the layers before it, already rounded, hand on (GPTQ).</summary>
/// <param name="damping">What is added to the diagonal of the moments, as a share of its mean.</param>
internal sealed class GptqStep(double damping) : IRecipeStep
{
    /// <summary>What the step may be told.</summary>
    public static StepOption[] Options { get; } = [new("damping", 0.01, 1e-6, 1)];

    public void Run(RecipeState state, IProgress<double>? progress, CancellationToken cancellation) => MatrixStages.Round(
        state,
        (weights, grid, moments, _) => SecondOrderRounding.Run(weights, grid, moments, damping, state.Threads, cancellation),
        progress,
        cancellation);
}
