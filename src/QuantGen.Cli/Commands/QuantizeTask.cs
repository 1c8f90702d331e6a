using QuantGen.Cli.Models;
using QuantGen.Specs;
using QuantGen.Training.PostTraining;
using QuantGen.Training.PostTraining.Steps;

namespace QuantGen.Cli.Commands;

/// <summary>What a command line asks <c>quantize</c> to make, and of what.</summary>
/// <param name="Model">The checkpoint.</param>
/// <param name="Spec">The model to make.</param>
/// <param name="Options">Tokenizer, labels, threads and recipe.</param>
/// <param name="Texts">The texts; null where none are needed.</param>
/// <param name="Output">The file to write.</param>
internal sealed record QuantizeTask(CheckpointModel Model, ModelSpec Spec, PostTrainingOptions Options, CalibrationTexts? Texts, string Output) : IDisposable
{
    /// <summary>Gets the steps of the recipe.</summary>
    public IReadOnlyList<RecipeStep> Steps => Options.Recipe.Steps;

    /// <summary>Makes a run.</summary>
    /// <param name="state">The file that receives what was found; null for none.</param>
    /// <param name="observes">Whether reports of steps are made.</param>
    public RecipeRun Run(string? state, bool observes) => new(Model.Checkpoint, Spec, Options, Texts) { StatePath = state, Observes = observes };

    public void Dispose() => Model.Dispose();
}
