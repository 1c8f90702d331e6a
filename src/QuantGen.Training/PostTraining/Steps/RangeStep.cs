using QuantGen.Specs;
using QuantGen.Training.Evaluation;

namespace QuantGen.Training.PostTraining.Steps;

/// <summary>Finds ranges by one rule: of weights, and of activations where the model stores them.</summary>
/// <param name="clipping">The rule.</param>
internal sealed class RangeStep(Clipping clipping) : IRecipeStep
{
    public void Run(RecipeState state, IProgress<double>? progress, CancellationToken cancellation)
    {
        Restore(state);
        if (ActivationCalibrator.SitesOf(state.Target).Any() && !PostTrainingRecipes.FindsActivationRanges(state.Recipe.Steps))
        {
            Calibrate(state, clipping, progress, cancellation);
        }
    }

    public void Restore(RecipeState state) => state.Recipe = state.Recipe with { Clipping = clipping };

    /// <summary>Finds the ranges of activations from the full-precision model.</summary>
    /// <param name="state">Receives them.</param>
    /// <param name="clipping">The rule.</param>
    /// <param name="progress">Who is told; null for nobody.</param>
    /// <param name="cancellation">Stops the work.</param>
    public static void Calibrate(RecipeState state, Clipping clipping, IProgress<double>? progress, CancellationToken cancellation)
    {
        Recipe recipe = state.Recipe with { Clipping = clipping };
        IReadOnlyList<RowBatch> batches = state.Batches(cancellation);
        foreach ((string site, var uses) in ActivationCalibrator.Calibrate(
            state.Original(cancellation), state.Target, batches, batches.Sum(batch => batch.Rows.Count), recipe, progress, cancellation))
        {
            state.SetRange(site, uses);
        }
    }
}
