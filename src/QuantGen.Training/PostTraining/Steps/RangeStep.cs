using QuantGen.Training.Evaluation;

namespace QuantGen.Training.PostTraining.Steps;

/// <summary>Finds ranges by one rule: of weights, and of activations where the model stores them.</summary>
/// <param name="clipping">The rule.</param>
internal sealed class RangeStep(Clipping clipping) : IRecipeStep
{
    public void Run(RecipeState state, IProgress<double>? progress, CancellationToken cancellation)
    {
        Restore(state);
        if (ActivationCalibrator.SitesOf(state.Target).Any())
        {
            Calibrate(state, progress, cancellation);
        }
    }

    public void Restore(RecipeState state) => state.Recipe = state.Recipe with { Clipping = clipping };

    /// <summary>Finds the ranges of activations by the recipe's clipping, from the full-precision model.</summary>
    public static void Calibrate(RecipeState state, IProgress<double>? progress, CancellationToken cancellation)
    {
        IReadOnlyList<RowBatch> batches = state.Batches(cancellation);
        foreach ((string site, var uses) in ActivationCalibrator.Calibrate(
            state.Original(cancellation), state.Target, batches, batches.Sum(batch => batch.Rows.Count), state.Recipe, progress, cancellation))
        {
            state.SetRange(site, uses);
        }
    }
}
