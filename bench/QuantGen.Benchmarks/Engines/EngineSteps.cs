using System.Diagnostics;
using QuantGen.Specs;
using QuantGen.Trainable;
using QuantGen.Training.Batching;
using QuantGen.Training.Checkpointing;
using QuantGen.Training.Engines;
using QuantGen.Training.Losses;
using QuantGen.Training.Loop;
using QuantGen.Training.Optimization;

namespace QuantGen.Benchmarks.Engines;

/// <summary>Training steps of one model by one engine, as the trainer makes them, on one batch.</summary>
internal sealed class EngineSteps : IDisposable
{
    // Small enough that the model stays what it is for hundreds of steps.
    private const double LearningRate = 1e-7;
    private const ulong Seed = 42;
    private readonly ITrainableModel _model;
    private readonly Objective _objective;
    private readonly AdamOptimizer _optimizer;
    private readonly ITrainableModel? _teacher;
    private readonly Batch _batch;
    private long _step;

    /// <summary>Makes the model with random weights, and its quantizers.</summary>
    /// <param name="engine">What computes it.</param>
    /// <param name="item">The model.</param>
    /// <param name="batch">What it is trained on.</param>
    /// <param name="threads">The most threads.</param>
    /// <param name="frozen">What is not trained; null for nothing. Thresholds of such parts are not learnt either.</param>
    /// <param name="hasTeacher">Whether a teacher in full precision says what is learnt, with the losses of KDLSQ-BERT.</param>
    public EngineSteps(ITrainingEngine engine, EngineCase item, Batch batch, int threads, FrozenParts? frozen, bool hasTeacher)
    {
        _model = engine.Create(item.Spec, new TrainableOptions { Scheme = item.Scheme, Threads = threads });
        CheckpointWeights.Randomize(_model, Seed);
        _model.InitializeWeightQuantizers();
        _model.Forward(batch.Inputs, new ForwardOptions(ForwardPurpose.Calibrate));
        foreach (Parameter parameter in _model.Parameters)
        {
            parameter.IsFrozen = frozen?.Contains(parameter.Name) ?? false;
        }

        _teacher = hasTeacher ? Teacher(engine, item, threads) : null;
        _objective = new Objective(item.Spec, hasTeacher ? new LossOptions() : LossOptions.Labels, _teacher?.Spec, threads);
        _objective.Prepare(_model, _teacher);
        PlannedBytes = MemoryPlan.Of(_model, _objective, _teacher, batch.Inputs.TokenCount, batch.Inputs.Longest).Total;
        _optimizer = new AdamOptimizer(_model.Parameters, new OptimizerOptions { LearningRate = LearningRate }, threads);
        _batch = batch;

        // As the trainer does before its first step.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }

    /// <summary>Gets the bytes that steps are planned to take, as the tool states them.</summary>
    public long PlannedBytes { get; }

    /// <summary>Makes a batch of random tokens whose lengths are spread evenly.</summary>
    /// <param name="spec">The model.</param>
    /// <param name="sequences">Sequences of the batch.</param>
    /// <param name="shortest">Tokens of the shortest one.</param>
    /// <param name="longest">Tokens of the longest one.</param>
    public static Batch RandomBatch(ModelSpec spec, int sequences, int shortest, int longest)
    {
        var random = new Random((int)Seed);
        return new Batch([.. Enumerable.Range(0, sequences).Select(i =>
        {
            int length = shortest + ((longest - shortest) * i / Math.Max(1, sequences - 1));
            int[] ids = [.. Enumerable.Range(0, length).Select(_ => random.Next(spec.Dimensions.VocabularySize))];
            return new Example(ids, new byte[length]) { Label = random.Next(spec.OutputCount) };
        })]);
    }

    /// <summary>Makes a step.</summary>
    /// <exception cref="InvalidOperationException">Loss or gradients are not finite, so that the step was none.</exception>
    public StepTime Step()
    {
        TimeSpan busy = Environment.CpuUsage.TotalTime;
        long lap = Stopwatch.GetTimestamp();
        _teacher?.Forward(_batch.Inputs, new ForwardOptions(ForwardPurpose.Evaluate));
        _model.Forward(_batch.Inputs, new ForwardOptions(ForwardPurpose.Train, Seed, _step++));
        double forward = StepTime.Lap(ref lap);
        LossParts loss = _objective.Compute(_model, _batch, _teacher?.Trace);
        _model.Backward();
        double backward = StepTime.Lap(ref lap);
        StepOutcome outcome = _optimizer.Step(1);
        return double.IsFinite(loss.Total) && !outcome.IsSkipped
            ? new StepTime(forward, backward, StepTime.Lap(ref lap), (Environment.CpuUsage.TotalTime - busy).TotalMilliseconds)
            : throw new InvalidOperationException(
                FormattableString.Invariant($"step {_step} has a loss of {loss.Total} and gradients of norm {outcome.GradientNorm}"));
    }

    public void Dispose()
    {
        _model.Dispose();
        _teacher?.Dispose();
    }

    private static ITrainableModel Teacher(ITrainingEngine engine, EngineCase item, int threads)
    {
        ITrainableModel teacher = engine.Create(item.Teacher.Spec, new TrainableOptions { Threads = threads });
        CheckpointWeights.Randomize(teacher, Seed + 1);
        foreach (Parameter parameter in teacher.Parameters)
        {
            parameter.IsFrozen = true;
        }

        return teacher;
    }
}
