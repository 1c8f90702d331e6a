using System.Diagnostics;
using QuantGen.Checkpoints;
using QuantGen.Files;
using QuantGen.Specs;

namespace QuantGen.Training.PostTraining.Steps;

/// <summary>Runs a recipe: its steps one after the other, then what is left to quantize.</summary>
/// <remarks>The result depends on checkpoint, model, recipe and texts only, not on the number of threads.</remarks>
public sealed class RecipeRun : IDisposable
{
    private readonly RecipeState _state;
    private readonly PostTrainingOptions _options;
    private readonly CalibrationTexts? _texts;
    private readonly ModelSpec _first;
    private readonly List<StepReport> _reports = [];
    private IReadOnlyDictionary<string, string>? _identity;
    private int _done;

    /// <summary>Prepares a run.</summary>
    /// <param name="checkpoint">The checkpoint, which must have exactly the tensors of the model; it stays open until the result is built.</param>
    /// <param name="target">The model to make; steps that move factors give its residuals some.</param>
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
        _texts = texts;
        _first = target;
        _state = new RecipeState(new WorkingWeights(checkpoint), PostTrainingRecipes.Target(steps, target), options, texts);
    }

    /// <summary>Gets the file that receives what was found after every step and every part of one; null, the default, for none.</summary>
    public string? StatePath { get; init; }

    /// <summary>Gets whether <see cref="Reports"/> are made, which takes some seconds for large models. Default false.</summary>
    public bool Observes { get; init; }

    /// <summary>Gets what the steps did that have run; not those before an interruption.</summary>
    public IReadOnlyList<StepReport> Reports => _reports;

    /// <summary>Gets the curves that steps went along.</summary>
    public IReadOnlyList<FoundCurve> Curves => _state.Curves;

    /// <summary>Gets the names of the steps that have not run yet.</summary>
    public IReadOnlyList<string> Pending => [.. _options.Recipe.Steps.Skip(_done).Select(step => step.Name)];

    /// <summary>Continues what was interrupted: takes over what <see cref="StatePath"/> holds.</summary>
    /// <exception cref="ModelFormatException">The file is damaged or belongs to another quantization.</exception>
    /// <exception cref="InvalidOperationException">There is no such file, or a step has run.</exception>
    public void Resume()
    {
        if (StatePath is null || _done > 0)
        {
            throw new InvalidOperationException("Only what has not begun can be continued, from a file.");
        }

        _done = RecipeCheckpoint.Load(StatePath, _state, Identity()).Steps;
        foreach (RecipeStep step in _options.Recipe.Steps.Take(_done))
        {
            Create(step).Restore(_state);
        }
    }

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

        _state.Kept = StatePath is null ? null : () => Keep(new RecipePlace(_done, _state.PartsDone));
        long start = Stopwatch.GetTimestamp();
        Next().Run(_state, progress, cancellation);
        if (Observes)
        {
            _reports.Add(new StepReport(Pending[0], Stopwatch.GetElapsedTime(start).TotalSeconds, Ratios(cancellation)));
        }

        _done++;
        _state.BeginStep(partsDone: 0);
        _state.Kept?.Invoke();
    }

    /// <summary>Estimates the most bytes that the next step keeps at a time beside what the process has already; 0 where that is little.</summary>
    /// <param name="cancellation">Stops the work.</param>
    /// <exception cref="DataFormatException">A text is longer than the model takes and no maximum length was given.</exception>
    public long MemoryOfNext(CancellationToken cancellation = default) =>
        _done == _options.Recipe.Steps.Count ? 0 : Next().Memory(_state, cancellation);

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
            RangeStep.Calibrate(_state, _state.Recipe.Clipping, progress: null, cancellation);
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

    private Dictionary<string, double> Ratios(CancellationToken cancellation)
    {
        WeightJob[] jobs = _state.UniformMatrices();
        double[] found = new double[jobs.Length];
        LoadLoop.Run(_state.Threads, jobs.Length, i => found[i] = _state.SignalToNoiseDb(jobs[i], cancellation), cancellation);
        return jobs.Zip(found).ToDictionary(pair => pair.First.Matrix.Name, pair => pair.Second, StringComparer.Ordinal);
    }

    private static IRecipeStep Create(RecipeStep step)
    {
        StepTraits traits = StepTable.Find(step.Name)!;
        return traits.Create(new StepValues(traits.Settings, step));
    }

    private IReadOnlyDictionary<string, string> Identity() => _identity ??= RecipeIdentity.Of(_state.Weights, _first, _options, _texts);

    private void Keep(RecipePlace place) => RecipeCheckpoint.Save(StatePath!, _state, place, Identity());

    private IRecipeStep Next() => Create(_options.Recipe.Steps[_done]);
}
