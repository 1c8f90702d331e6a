using System.Diagnostics;
using QuantGen.Trainable;
using QuantGen.Training.Batching;
using QuantGen.Training.Evaluation;
using QuantGen.Training.Losses;
using QuantGen.Training.Optimization;

namespace QuantGen.Training.Loop;

/// <summary>Trains a model: steps, an evaluation after every epoch, and the best epoch's parameters in the end.</summary>
/// <remarks>
/// The result depends on the model, the data, the seeds and the options only: not on the number of threads, and not on whether the training was interrupted
/// and continued. A cancelled run writes <see cref="TrainingOptions.CheckpointPath"/> before it ends. One that fails does so, too, where its state is sound,
/// and leaves the best epoch's parameters in the model, if an epoch was evaluated.
/// </remarks>
public sealed class Trainer
{
    private readonly ITrainableModel _model;
    private readonly BatchSource _source;
    private readonly Objective _objective;
    private readonly TrainingOptions _options;
    private readonly AdamOptimizer _optimizer;
    private readonly ITrainableModel? _teacher;
    private TrainingState _state = new();
    private BestParameters? _best;
    private long? _writtenStep;
    private bool _isInStep;
    private bool _hasFailed;

    /// <summary>Creates a trainer.</summary>
    /// <param name="model">The model, with values in all parameters and initialised quantizers.</param>
    /// <param name="source">The examples.</param>
    /// <param name="objective">What is minimised.</param>
    /// <param name="options">How long and how fast.</param>
    /// <exception cref="ArgumentException">Batches have parts, and the loss compares all their texts.</exception>
    public Trainer(ITrainableModel model, BatchSource source, Objective objective, TrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(objective);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Epochs, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Parts, 1, nameof(options));
        if (options.Parts > 1 && objective.Options.ComparesTexts)
        {
            throw new ArgumentException("This loss compares all texts of a batch, which therefore has one part.", nameof(options));
        }

        objective.Prepare(model, teacher: null);
        _model = model;
        _source = source;
        _objective = objective;
        _options = options;
        _optimizer = new AdamOptimizer(model.Parameters, options.Optimizer, options.Threads);
        long all = (long)options.Epochs * source.BatchCount;
        TotalSteps = Math.Min(all, options.MaxSteps ?? all);
    }

    /// <summary>Gets the steps of the whole training.</summary>
    public long TotalSteps { get; }

    /// <summary>
    /// Gets the model that is imitated; required when the loss looks at one. Its parameters are frozen, so that it has no gradients and its layers no memory of
    /// their own.
    /// </summary>
    public ITrainableModel? Teacher
    {
        get => _teacher;
        init
        {
            _teacher = value;
            foreach (Parameter parameter in value?.Parameters ?? [])
            {
                parameter.IsFrozen = true;
            }

            _objective.Prepare(_model, value);
        }
    }

    /// <summary>Gets whether the teacher was made by a stage before, so that its parameters are part of the state. Default false.</summary>
    public bool KeepsTeacher { get; init; }

    /// <summary>Gets who measures the model after every epoch; null to keep the last epoch's parameters.</summary>
    public IModelEvaluator? Evaluator { get; init; }

    /// <summary>Gets who is told how it goes.</summary>
    public IReadOnlyList<ITrainingObserver> Observers { get; init; } = [];

    /// <summary>Gets what the stages before this one came to, whose steps and epochs are counted before this one's; null, the default, where this is the
    /// first.</summary>
    public TrainingResult? Earlier
    {
        get => _state.Earlier;
        init => _state.Earlier = value;
    }

    /// <summary>Gets the steps of the stages that follow this one, which observers count, too. Default 0.</summary>
    public long LaterSteps { get; init; }

    /// <summary>Gets what the state keeps beside the training's own, by name, for stages that come later. Default nothing.</summary>
    public IReadOnlyDictionary<string, float[]> Carried { get; init; } = new Dictionary<string, float[]>();

    /// <summary>Reads what the state of an interrupted training kept beside its own.</summary>
    /// <param name="path">The state.</param>
    /// <exception cref="ModelFormatException">The file is damaged, or no state of a training.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyDictionary<string, float[]> CarriedIn(string path) => TrainingCheckpoint.CarriedIn(path);

    /// <summary>Reads what an interrupted training depends on, to know which one it is.</summary>
    /// <param name="path">Its state.</param>
    /// <exception cref="ModelFormatException">The file is damaged, or no state of a training.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyDictionary<string, string> IdentityIn(string path) => TrainingCheckpoint.IdentityIn(path);

    /// <summary>Computes the memory that training needs.</summary>
    public MemoryPlan PlanMemory() => MemoryPlan.Of(_model, _objective, Teacher, _source, Evaluator, _options);

    /// <summary>Takes up an interrupted training from <see cref="TrainingOptions.CheckpointPath"/>.</summary>
    /// <exception cref="ModelFormatException">The file is damaged, or belongs to another training; the message names the first difference.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public void Resume()
    {
        _state = TrainingCheckpoint.Load(_options.CheckpointPath!, _model, _optimizer, Identity(), KeepsTeacher ? Teacher : null, out _best);
        _writtenStep = _state.Step;
        _isInStep = false;
        _hasFailed = false;
    }

    /// <summary>Writes the state before the first step, so that a stage goes on where the one before has ended.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Begin() => WriteState();

    /// <summary>Trains.</summary>
    /// <param name="cancellation">Interrupts the training between two steps.</param>
    /// <exception cref="OperationCanceledException">Training was interrupted; its state was written if there is a place for it.</exception>
    /// <exception cref="IOException">An observer cannot write, or an interruption's state cannot be written; the message tells which state there
    /// is.</exception>
    /// <exception cref="TrainingFailedException">
    /// Too many steps in a row had no finite loss or gradients, or the model, the evaluator or an observer threw what is inside. The message tells which
    /// state there is, and whether the model has the parameters of the best epoch.
    /// </exception>
    /// <exception cref="InvalidOperationException">This training failed before; it can only be resumed.</exception>
    public TrainingResult Run(CancellationToken cancellation = default)
    {
        if (_hasFailed)
        {
            throw new InvalidOperationException("A training that failed goes on from its written state: call Resume first.");
        }

        var start = new TrainingStart(
            _model.Spec, _options.Engine, _objective.NeedsTeacher ? _options.EngineOfTeacher : null,
            _state.EarlierSteps + TotalSteps + LaterSteps, _source.BatchCount, _state.EarlierSteps + _state.Step, _state.AllEpochs(), _state.AllCurve(),
            PlanMemory());
        try
        {
            Tell(observer => observer.Started(start));

            // What was read and initialised left garbage, often of the size of weights, which steps would never make the collector look for.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            while (_state.Epoch < _options.Epochs && (_state.Step < TotalSteps || _state.Batch > 0))
            {
                RunEpoch(cancellation);
            }

            _best?.Restore(_model);
            EpochRecord? best = _state.BestEpoch();
            var result = new TrainingResult(
                _state.EarlierSteps + _state.Step, (Earlier?.SkippedSteps ?? 0) + _state.Skipped, best?.Score,
                _state.EarlierEpochs + (best?.Epoch ?? _state.Epoch), _state.AllEpochs(), _state.AllCurve());
            Tell(observer => observer.Ended(result));
            return result;
        }
        catch (OperationCanceledException)
        {
            if (_options.CheckpointPath is not null && !_isInStep)
            {
                Save();
            }

            throw;
        }
        catch (IOException error)
        {
            throw new IOException(error.Message + LeaveBest(), error);
        }
        catch (Exception error)
        {
            throw new TrainingFailedException(error.Message + LeaveBest(), error is TrainingFailedException ? null : error, _state.BestEpoch());
        }
    }

    /// <summary>Writes the state after a file could not be written, such as what was trained, so that the work is not lost.</summary>
    /// <param name="cause">What happened.</param>
    /// <returns>An exception that says both what happened and which state there is.</returns>
    public IOException Keep(IOException cause)
    {
        ArgumentNullException.ThrowIfNull(cause);
        if (_options.CheckpointPath is null)
        {
            throw new InvalidOperationException("A training keeps its state where CheckpointPath says.");
        }

        return new IOException(cause.Message + KeepState(), cause);
    }

    // After a failure: the state for those who resume, then the best epoch for those who take the model as it is.
    private string LeaveBest()
    {
        string kept = KeepState();
        _hasFailed = true;
        if (_best is null)
        {
            return kept;
        }

        _best.Restore(_model);
        return FormattableString.Invariant($"{kept}; the model has the parameters of epoch {_state.BestEpoch()!.Epoch}, the best so far");
    }

    // Writes the state and says which one there is. A step that did not come to its end has changed some parameters and not others:
    // such a state is not written.
    private string KeepState()
    {
        if (_options.CheckpointPath is not string path)
        {
            return string.Empty;
        }

        if (_isInStep || _hasFailed)
        {
            return _writtenStep is long step ? FormattableString.Invariant($"; {path} holds the training as it was after step {step}") : string.Empty;
        }

        try
        {
            WriteState();
            return FormattableString.Invariant($"; {path} holds the training as it is after step {_state.Step}");
        }
        catch (IOException error)
        {
            return $"; {error.Message}{(File.Exists(path) ? "; the state written before stays" : string.Empty)}";
        }
    }

    private void RunEpoch(CancellationToken cancellation)
    {
        IReadOnlyList<int[]> plan = _source.Plan(_state.Epoch);
        while (_state.Batch < plan.Count && _state.Step < TotalSteps)
        {
            cancellation.ThrowIfCancellationRequested();
            _isInStep = true;
            StepRecord step = RunStep(plan[_state.Batch]);
            _state.Batch++;
            _isInStep = false;
            RequireProgress(step);
            StepRecord counted = step with { Step = _state.EarlierSteps + step.Step, Epoch = _state.EarlierEpochs + step.Epoch };
            Tell(observer => observer.Stepped(counted));
            if (_options.CheckpointPath is not null && _options.CheckpointEvery > 0 && _state.Step % _options.CheckpointEvery == 0)
            {
                TrySave();
            }
        }

        cancellation.ThrowIfCancellationRequested();
        ModelScore? score = null;
        if (Evaluator is not null)
        {
            int number = _state.EarlierEpochs + _state.Epoch + 1;
            Tell(observer => observer.Evaluating(number));
            score = Evaluator.Evaluate(_model, cancellation);
        }

        // Of equals the later one: it has learnt more, which a metric at its ceiling does not show.
        bool isBest = score is not null && !(_state.BestEpoch()?.Score?.IsBetterThan(score) ?? false);
        if (isBest)
        {
            _best = BestParameters.Of(_model);
            _state.HasBest = true;
        }

        LossParts loss = _state.EndEpoch();
        var record = new EpochRecord(_state.Epoch, _state.Step, loss, score, isBest);
        _state.Epochs.Add(record);
        EpochRecord ended = _state.Counted(record);
        Tell(observer => observer.EpochEnded(ended));
    }

    private StepRecord RunStep(int[] rows)
    {
        long began = Stopwatch.GetTimestamp();
        double multiplier = new LinearSchedule(TotalSteps, (long)Math.Round(_options.WarmupShare * TotalSteps)).Multiplier(_state.Step);
        double rate = _options.Optimizer.LearningRate * multiplier;
        StepLoss batch = _objective.Begin([.. rows.Chunk(_source.PartSize(_options.Parts)).Select(part => _source.Make(part, _state.Epoch))]);
        AddGradients(batch);
        LossParts loss = batch.Value;
        StepOutcome outcome = double.IsFinite(loss.Total) ? _optimizer.Step(multiplier) : _optimizer.Skip();
        _state.Step++;
        _state.OptimizerSteps = _optimizer.Steps;
        if (outcome.IsSkipped)
        {
            _state.Skipped++;
            _state.SkippedInARow++;
        }
        else
        {
            _state.Add(loss, rate, TotalSteps);
        }

        return new StepRecord(
            _state.Step, _state.Epoch + 1, loss, rate, outcome.GradientNorm, outcome.IsSkipped, batch.Whole.Tokens,
            Stopwatch.GetElapsedTime(began).TotalSeconds);
    }

    // Part after part, each forwards and backwards, up to one whose loss is not finite.
    private void AddGradients(StepLoss loss)
    {
        BatchCounts before = default;
        foreach (Batch part in loss.Parts)
        {
            if (_objective.NeedsTeacher)
            {
                Teacher!.Forward(part.Inputs, new ForwardOptions(ForwardPurpose.Evaluate));
            }

            _model.Forward(part.Inputs, new ForwardOptions(ForwardPurpose.Train, _options.Seed, _state.Step, new BatchPart(before, loss.Whole)));
            loss.Add(_model, part, Teacher?.Trace);
            if (!double.IsFinite(loss.Value.Total))
            {
                return;
            }

            _model.Backward();
            before += BatchCounts.Of(part.Inputs);
        }
    }

    private void RequireProgress(in StepRecord step)
    {
        if (step.IsSkipped && _state.SkippedInARow >= _options.MaxSkippedInARow)
        {
            string what = double.IsFinite(step.Loss.Total) ? "gradients that are not finite" : FormattableString.Invariant($"a loss of {step.Loss.Total}");
            string where = FormattableString.Invariant($"{_state.SkippedInARow} steps in a row, up to step {_state.Step} of {TotalSteps}, had {what}");
            throw new TrainingFailedException(where + "; nothing changed since: use a smaller learning rate");
        }
    }

    private void Save()
    {
        WriteState();
        Tell(observer => observer.Saved(_options.CheckpointPath!, _state.Step));
    }

    // A disk may be full for a while; to end would lose the steps since the state was last written.
    private void TrySave()
    {
        try
        {
            WriteState();
        }
        catch (IOException error)
        {
            Tell(observer => observer.SaveFailed(_options.CheckpointPath!, _state.Step, error.Message));
            return;
        }

        Tell(observer => observer.Saved(_options.CheckpointPath!, _state.Step));
    }

    private void WriteState()
    {
        TrainingCheckpoint.Save(_options.CheckpointPath!, _model, _optimizer, _best, _state, Identity(), Carried, KeepsTeacher ? Teacher : null);
        _writtenStep = _state.Step;
    }

    private Dictionary<string, string> Identity() => TrainingIdentity.Of(_model, _source, _objective, _options);

    private void Tell(Action<ITrainingObserver> what)
    {
        foreach (ITrainingObserver observer in Observers)
        {
            what(observer);
        }
    }
}
