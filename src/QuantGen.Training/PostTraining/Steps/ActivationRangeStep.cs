namespace QuantGen.Training.PostTraining.Steps;

/// <summary>Finds ranges of activations by one rule, which may be another than that of weights.</summary>
/// <param name="clipping">The rule.</param>
internal sealed class ActivationRangeStep(Clipping clipping) : IRecipeStep
{
    public void Run(RecipeState state, IProgress<double>? progress, CancellationToken cancellation) =>
        RangeStep.Calibrate(state, clipping, progress, cancellation);
}
