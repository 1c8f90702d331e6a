namespace QuantGen.Training.PostTraining.Steps;

/// <summary>Finds ranges by one rule: of weights, and of activations where the model stores them.</summary>
/// <param name="clipping">The rule.</param>
internal sealed class RangeStep(Clipping clipping) : IRecipeStep
{
    public void Run(RecipeState state, IProgress<double>? progress, CancellationToken cancellation)
    {
        state.Recipe = state.Recipe with { Clipping = clipping };
        if (ActivationCalibrator.SitesOf(state.Target).Any() && !PostTrainingRecipes.FindsActivationRanges(state.Recipe.Steps))
        {
            Calibrate(state, clipping, progress, cancellation);
        }
    }

    /// <summary>Finds the ranges of activations from the full-precision model.</summary>
    /// <param name="state">Receives them.</param>
    /// <param name="clipping">The rule.</param>
    /// <param name="progress">Who is told; null for nobody.</param>
    /// <param name="cancellation">Stops the work.</param>
    public static void Calibrate(RecipeState state, Clipping clipping, IProgress<double>? progress, CancellationToken cancellation)
    {
        CalibrationTexts texts = state.Texts;
        CalibrationOptions options = texts.Options with { Recipe = state.Recipe with { Clipping = clipping }, Progress = progress };
        foreach ((string site, var uses) in ActivationCalibrator.Calibrate(
            state.Original(cancellation), state.Target, texts.Data, texts.File, options, cancellation))
        {
            state.SetRange(site, uses);
        }
    }
}
