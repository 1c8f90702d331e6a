using System.Diagnostics;
using System.Security.Cryptography;
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

    /// <summary>Gets the milliseconds of a pass that a plan within a time foresees; null without one.</summary>
    public double? PlannedMilliseconds => _state.PlannedMilliseconds;

    /// <summary>Gets what the run works on, for reports.</summary>
    internal (ModelSpec Model, PostTrainingOptions Options, CalibrationTexts? Texts, RecipeState State) Work => (_first, _options, _texts, _state);

    /// <summary>Gets the names of the steps that have not run yet.</summary>
    public IReadOnlyList<string> Pending => [.. _options.Recipe.Steps.Skip(_done).Select(step => step.Name)];

    /// <summary>Gets how many jobs the next step has that other processes may do, in any order; 0 where it has none.</summary>
    public int JobCount => NextWithJobs()?.JobCount(_state.Target, _state.PartsDone) ?? 0;

    /// <summary>Gets the SHA-256 of the state that was taken over, or that the next step's jobs were prepared in: their results belong to it. Null
    /// otherwise.</summary>
    public string? StateSha256 { get; private set; }

    /// <summary>Continues what was interrupted: takes over what <see cref="StatePath"/> holds.</summary>
    /// <exception cref="ModelFormatException">The file is damaged or belongs to another quantization.</exception>
    /// <exception cref="InvalidOperationException">There is no such file, or a step has run.</exception>
    public void Resume() => Resume(StatePath ?? throw new InvalidOperationException("Only what was kept in a file can be continued."));

    /// <summary>Continues what was interrupted, or what jobs were prepared in.</summary>
    /// <param name="path">The file that holds it.</param>
    /// <exception cref="ModelFormatException">The file is damaged or belongs to another quantization.</exception>
    /// <exception cref="InvalidOperationException">A step has run.</exception>
    public void Resume(string path)
    {
        if (_done > 0)
        {
            throw new InvalidOperationException("Only what has not begun can be continued.");
        }

        StateSha256 = HashOf(path);
        _done = RecipeCheckpoint.Load(path, _state, Identity()).Steps;
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

        RunNext(step => step.Run(_state, progress, cancellation), cancellation);
    }

    /// <summary>Makes ready what the jobs of the next step need, and keeps all of it in <see cref="StatePath"/>.</summary>
    /// <param name="cancellation">Stops the work.</param>
    /// <exception cref="InvalidOperationException">The next step has no jobs, or there is no file to keep it in.</exception>
    public void PrepareJobs(CancellationToken cancellation = default)
    {
        string path = StatePath ?? throw new InvalidOperationException("Jobs need a file to begin with.");
        StepWithJobs().Prepare(_state, cancellation);
        Keep(new RecipePlace(_done, _state.PartsDone));
        StateSha256 = HashOf(path);
    }

    /// <summary>Does one job of the next step and writes what it found.</summary>
    /// <param name="job">Which one, from 0.</param>
    /// <param name="path">The file to write.</param>
    /// <param name="progress">Who is told how much of it is done, from 0 to 1; null for nobody.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <exception cref="InvalidOperationException">The next step has no jobs, or they were not prepared.</exception>
    public void RunJob(int job, string path, IProgress<double>? progress, CancellationToken cancellation = default) =>
        JobFile.Save(path, StepWithJobs().RunJob(_state, job, progress, cancellation), job, JobState());

    /// <summary>Says what is wrong with the file of a job's result; null when nothing is.</summary>
    /// <param name="job">Which one, from 0.</param>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidOperationException">The jobs were not prepared.</exception>
    public string? JobIssue(int job, string path)
    {
        if (!File.Exists(path))
        {
            return "missing";
        }

        try
        {
            JobFile.Load(path, job, JobState());
            return null;
        }
        catch (ModelFormatException error)
        {
            return error.Place.Length == 0 ? "damaged" : $"of other work, with another {error.Place}";
        }
    }

    /// <summary>Does the rest of the next step when its jobs are done.</summary>
    /// <param name="results">The files of all results, in the order of the jobs.</param>
    /// <param name="progress">Who is told how much of it is done, from 0 to 1; null for nobody.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <exception cref="ModelFormatException">A result is damaged or belongs to other jobs.</exception>
    /// <exception cref="InvalidOperationException">The next step has not as many jobs, or they were not prepared.</exception>
    public void RunNext(IReadOnlyList<string> results, IProgress<double>? progress, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(results);
        if (results.Count == 0 || results.Count != JobCount)
        {
            throw new InvalidOperationException("The next step has not as many jobs.");
        }

        JobResult[] found = [.. results.Select((path, job) => JobFile.Load(path, job, JobState()))];
        RunNext(_ => StepWithJobs().Join(_state, found, progress, cancellation), cancellation);
    }

    private void RunNext(Action<IRecipeStep> run, CancellationToken cancellation)
    {
        _state.Kept = StatePath is null ? null : () => Keep(new RecipePlace(_done, _state.PartsDone));
        long start = Stopwatch.GetTimestamp();
        if (StepTable.Find(Pending[0])!.Refuses?.Invoke(_state.Target) is string refusal)
        {
            // A plan may have left what the model had.
            throw new InvalidDataException(FormattableString.Invariant($"'{Pending[0]}' cannot follow: {refusal}"));
        }

        run(Next());
        if (Observes)
        {
            _reports.Add(new StepReport(Pending[0], Stopwatch.GetElapsedTime(start).TotalSeconds, Ratios(cancellation)));
        }

        _done++;
        StateSha256 = null;
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

    private IJobStep? NextWithJobs() => _done < _options.Recipe.Steps.Count ? Next() as IJobStep : null;

    private IJobStep StepWithJobs() => NextWithJobs() ?? throw new InvalidOperationException("The next step has no jobs.");

    private string JobState() => StateSha256 ?? throw new InvalidOperationException("The jobs were not prepared.");

    private static string HashOf(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    private IRecipeStep Next() => Create(_options.Recipe.Steps[_done]);
}
