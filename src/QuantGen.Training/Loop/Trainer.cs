using System.Diagnostics;
using System.Globalization;
using QuantGen.Trainable;
using QuantGen.Training.Batching;
using QuantGen.Training.Evaluation;
using QuantGen.Training.Losses;
using QuantGen.Training.Optimization;

namespace QuantGen.Training.Loop;

/// <summary>Trains a model: steps, an evaluation after every epoch, and the best epoch's parameters in the end.</summary>
/// <remarks>
/// The result depends on the model, the data, the seeds and the options only: not on the number of threads, and not on whether the training was interrupted
/// and continued. A cancelled run writes <see cref="TrainingOptions.CheckpointPath"/> before it ends.
/// </remarks>
public sealed class Trainer
{
    private readonly ITrainableModel _model;
    private readonly BatchSource _source;
    private readonly Objective _objective;
    private readonly TrainingOptions _options;
    private readonly AdamOptimizer _optimizer;
    private TrainingState _state = new();
    private BestParameters? _best;

    /// <summary>Creates a trainer.</summary>
    /// <param name="model">The model, with values in all parameters and initialised quantizers.</param>
    /// <param name="source">The examples.</param>
    /// <param name="objective">What is minimised.</param>
    /// <param name="options">How long and how fast.</param>
    public Trainer(ITrainableModel model, BatchSource source, Objective objective, TrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(objective);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Epochs, 1, nameof(options));
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

    /// <summary>Gets the model that is imitated; required when the loss looks at one.</summary>
    public ITrainableModel? Teacher { get; init; }

    /// <summary>Gets who measures the model after every epoch; null to keep the last epoch's parameters.</summary>
    public IModelEvaluator? Evaluator { get; init; }

    /// <summary>Gets who is told how it goes.</summary>
    public IReadOnlyList<ITrainingObserver> Observers { get; init; } = [];

    /// <summary>Computes the memory that training needs.</summary>
    public MemoryPlan PlanMemory() => MemoryPlan.Of(_model, _objective.NeedsTeacher ? Teacher : null, _source, Evaluator, _options.Epochs);

    /// <summary>Takes up an interrupted training from <see cref="TrainingOptions.CheckpointPath"/>.</summary>
    /// <exception cref="ModelFormatException">The file is damaged, or belongs to another training; the message names the first difference.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public void Resume() => _state = TrainingCheckpoint.Load(_options.CheckpointPath!, _model, _optimizer, Identity(), out _best);

    /// <summary>Trains.</summary>
    /// <param name="cancellation">Interrupts the training between two steps.</param>
    /// <exception cref="OperationCanceledException">Training was interrupted; its state was written if there is a place for it.</exception>
    /// <exception cref="IOException">An observer cannot write, or an interruption's state cannot be written; the message tells
    /// which state there is.</exception>
    /// <exception cref="TrainingFailedException">Too many steps in a row had no finite loss or gradients.</exception>
    public TrainingResult Run(CancellationToken cancellation = default)
    {
        var start = new TrainingStart(
            _model.Spec, _options.Engine, _objective.NeedsTeacher ? _options.EngineOfTeacher : null,
            TotalSteps, _source.BatchCount, _state.Step, [.. _state.Epochs], [.. _state.Curve], PlanMemory());
        try
        {
            Tell(observer => observer.Started(start));
            while (_state.Epoch < _options.Epochs && (_state.Step < TotalSteps || _state.Batch > 0))
            {
                RunEpoch(cancellation);
            }

            _best?.Restore(_model);
            EpochRecord? best = _state.BestEpoch();
            var result = new TrainingResult(_state.Step, _state.Skipped, best?.Score, best?.Epoch ?? _state.Epoch, [.. _state.Epochs], [.. _state.Curve]);
            Tell(observer => observer.Ended(result));
            return result;
        }
        catch (OperationCanceledException) when (_options.CheckpointPath is not null)
        {
            Save();
            throw;
        }
        catch (IOException error) when (_options.CheckpointPath is not null)
        {
            throw Keep(error);
        }
    }

    /// <summary>Writes the state after a file could not be written, such as what was trained, so that the work is not lost.</summary>
    /// <param name="cause">What happened.</param>
    /// <returns>An exception that says both what happened and which state there is.</returns>
    public IOException Keep(IOException cause)
    {
        ArgumentNullException.ThrowIfNull(cause);
        string path = _options.CheckpointPath ?? throw new InvalidOperationException("A training keeps its state where CheckpointPath says.");
        try
        {
            WriteState();
            return new IOException(FormattableString.Invariant($"{cause.Message}; {path} holds the training as it is after step {_state.Step}"), cause);
        }
        catch (IOException error)
        {
            return new IOException($"{cause.Message}; {error.Message}{(File.Exists(path) ? "; the state written before stays" : string.Empty)}", cause);
        }
    }

    private void RunEpoch(CancellationToken cancellation)
    {
        IReadOnlyList<int[]> plan = _source.Plan(_state.Epoch);
        while (_state.Batch < plan.Count && _state.Step < TotalSteps)
        {
            cancellation.ThrowIfCancellationRequested();
            StepRecord step = RunStep(_source.Make(plan[_state.Batch], _state.Epoch));
            _state.Batch++;
            Tell(observer => observer.Stepped(step));
            if (_options.CheckpointPath is not null && _options.CheckpointEvery > 0 && _state.Step % _options.CheckpointEvery == 0)
            {
                TrySave();
            }
        }

        cancellation.ThrowIfCancellationRequested();
        ModelScore? score = null;
        if (Evaluator is not null)
        {
            int number = _state.Epoch + 1;
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
        Tell(observer => observer.EpochEnded(record));
    }

    private StepRecord RunStep(Batch batch)
    {
        long began = Stopwatch.GetTimestamp();
        double multiplier = new LinearSchedule(TotalSteps, (long)Math.Round(_options.WarmupShare * TotalSteps)).Multiplier(_state.Step);
        double rate = _options.Optimizer.LearningRate * multiplier;
        if (_objective.NeedsTeacher)
        {
            Teacher!.Forward(batch.Inputs, new ForwardOptions(ForwardPurpose.Evaluate));
        }

        _model.Forward(batch.Inputs, new ForwardOptions(ForwardPurpose.Train, _options.Seed, _state.Step));
        LossParts loss = _objective.Compute(_model, batch, Teacher?.Trace);
        var outcome = new StepOutcome(double.NaN, IsSkipped: true);
        if (double.IsFinite(loss.Total))
        {
            _model.Backward();
            outcome = _optimizer.Step(multiplier);
        }

        _state.Step++;
        _state.OptimizerSteps = _optimizer.Steps;
        if (outcome.IsSkipped)
        {
            Skip(loss);
        }
        else
        {
            _state.Add(loss, rate, TotalSteps);
        }

        return new StepRecord(
            _state.Step, _state.Epoch + 1, loss, rate, outcome.GradientNorm, outcome.IsSkipped, batch.Inputs.TokenCount,
            Stopwatch.GetElapsedTime(began).TotalSeconds);
    }

    private void Skip(LossParts loss)
    {
        _state.Skipped++;
        if (++_state.SkippedInARow >= _options.MaxSkippedInARow)
        {
            string what = double.IsFinite(loss.Total) ? "gradients that are not finite" : FormattableString.Invariant($"a loss of {loss.Total}");
            throw new TrainingFailedException(string.Create(
                CultureInfo.InvariantCulture,
                $"{_state.SkippedInARow} steps in a row, up to step {_state.Step} of {TotalSteps}, had {what}; " +
                    $"nothing changed since: use a smaller learning rate"));
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

    private void WriteState() => TrainingCheckpoint.Save(_options.CheckpointPath!, _model, _optimizer, _best, _state, Identity());

    private Dictionary<string, string> Identity() => TrainingIdentity.Of(_model, _source, _objective, _options);

    private void Tell(Action<ITrainingObserver> what)
    {
        foreach (ITrainingObserver observer in Observers)
        {
            what(observer);
        }
    }
}
