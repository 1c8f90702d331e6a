using QuantGen.Checkpoints;
using QuantGen.Specs;

namespace QuantGen.Training.PostTraining.Steps;

/// <summary>Runs a recipe: its steps one after the other, then what is left to quantize.</summary>
/// <remarks>The result depends on checkpoint, model, recipe and texts only, not on the number of threads.</remarks>
public sealed class RecipeRun : IDisposable
{
    private readonly RecipeState _state;
    private readonly PostTrainingOptions _options;
    private int _done;

    /// <summary>Prepares a run.</summary>
    /// <param name="checkpoint">The checkpoint, which must have exactly the tensors of the model; it stays open until the result is built.</param>
    /// <param name="target">The model to make.</param>
    /// <param name="options">Tokenizer, labels and the recipe; its steps are those that run, none for clipping and schemes alone.</param>
    /// <param name="texts">Texts; null where neither a step nor the model's activation ranges need some.</param>
    /// <exception cref="ArgumentException">The recipe is not legal, does not suit the model, or needs texts.</exception>
    public RecipeRun(Checkpoint checkpoint, ModelSpec target, PostTrainingOptions options, CalibrationTexts? texts)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(options);
        if (options.Recipe.Steps.Count > 0 && PostTrainingRecipes.FirstIssue(options.Recipe.Steps, target) is string issue)
        {
            throw new ArgumentException(issue, nameof(options));
        }

        IReadOnlyList<RecipeStep> steps = options.Recipe.Steps;
        bool needsTexts = PostTrainingRecipes.NeedsTexts(steps) || PostTrainingRecipes.MakesTexts(steps) || ActivationCalibrator.SitesOf(target).Any();
        if (needsTexts && texts is null)
        {
            throw new ArgumentException("The steps or the model's activation ranges need texts.", nameof(texts));
        }

        if (texts is not null && texts.Data is null != PostTrainingRecipes.MakesTexts(steps))
        {
            throw new ArgumentException("Texts are either given or made by the recipe's first step.", nameof(texts));
        }

        _options = options;
        _state = new RecipeState(new WorkingWeights(checkpoint), target, options, texts);
    }

    /// <summary>Gets the names of the steps that have not run yet.</summary>
    public IReadOnlyList<string> Pending => [.. _options.Recipe.Steps.Skip(_done).Select(step => step.Name)];

    /// <summary>Runs the next step.</summary>
    /// <param name="progress">Who is told how much of it is done, from 0 to 1; null for nobody.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <exception cref="InvalidOperationException">All steps have run.</exception>
    /// <exception cref="DataFormatException">A text is longer than the model takes and no maximum length was given.</exception>
    public void RunNext(IProgress<double>? progress, CancellationToken cancellation = default)
    {
        if (_done == _options.Recipe.Steps.Count)
        {
            throw new InvalidOperationException("All steps have run.");
        }

        RecipeStep step = _options.Recipe.Steps[_done];
        StepTraits traits = StepTable.Find(step.Name)!;
        traits.Create(new StepValues(traits.Settings, step)).Run(_state, progress, cancellation);
        _done++;
    }

    /// <summary>Runs the steps that are left, finds the ranges and codes that no step found, and packs.</summary>
    /// <param name="progress">Who is told how many of the weights are done, from 0 to 1; null for nobody.</param>
    /// <param name="cancellation">Stops the work.</param>
    public PostTrainingResult Finish(IProgress<double>? progress, CancellationToken cancellation = default)
    {
        while (_done < _options.Recipe.Steps.Count)
        {
            RunNext(progress: null, cancellation);
        }

        if (ActivationCalibrator.SitesOf(_state.Target).Any(site => !_state.Ranges.ContainsKey(site.Name)))
        {
            RangeStep.Calibrate(_state, progress: null, cancellation);
        }

        PostTrainingOptions options = _options with { Recipe = _state.Recipe, StaticRanges = _state.Ranges, Progress = progress };
        PostTrainingResult result = PostTrainingQuantizer.Quantize(_state.Weights, _state.Codes, _state.Target, options, cancellation);
        return result with
        {
            Tensors = [.. result.Tensors.Select(
                tensor => _state.Sensitivities.TryGetValue(tensor.Name, out double value) ? tensor with { Sensitivity = value } : tensor)],
        };
    }

    /// <summary>Frees the models that steps ran.</summary>
    public void Dispose() => _state.Dispose();
}
