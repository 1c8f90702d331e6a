using System.Globalization;
using QuantGen.Cli.Conventions;
using QuantGen.Cli.Models;
using QuantGen.Cli.Options;
using QuantGen.Cli.Reporting;
using QuantGen.Files;
using QuantGen.Sentences;
using QuantGen.Trainable;
using QuantGen.Training.Batching;
using QuantGen.Training.Evaluation;
using QuantGen.Training.Losses;
using QuantGen.Training.Loop;
using QuantGen.Training.Reporting;

namespace QuantGen.Cli.Runs;

/// <summary>Runs a training for the command line: memory plan, progress, log, page, and the state to continue from.</summary>
internal sealed class TrainingRun
{
    private const string StageKey = "stage";

    private readonly TrainingOptionSet _set;
    private readonly OptionValues _values;
    private readonly Report _report;
    private Trainer? _trainer;
    private int _stage;

    public TrainingRun(TrainingOptionSet set, OptionValues values, Report report)
    {
        _set = set;
        _values = values;
        _report = report;
    }

    /// <summary>Gets what is trained, stage after stage; the last stage's model is what is written.</summary>
    public required IReadOnlyList<TrainingStage> Stages { get; init; }

    public ITrainableModel? Teacher { get; init; }

    public required BatchSource Source { get; init; }

    public required IModelEvaluator? Evaluator { get; init; }

    /// <summary>Gets how a sentence encoder makes vectors; null for other models.</summary>
    public SentenceTask? Sentences { get; init; }

    /// <summary>Gets how long and how fast the last stage learns.</summary>
    public TrainingOptions Options => Stages[^1].Options;

    /// <summary>Gets what the page calls the training.</summary>
    public required string Title { get; init; }

    /// <summary>
    /// Refuses to write over the state of an interrupted training, and to begin what could not be written in the end; makes the folders above the output.
    /// </summary>
    /// <param name="set">The options of the command.</param>
    /// <param name="values">The command line.</param>
    /// <param name="output">What shall be written, beside which the state is kept.</param>
    /// <param name="file">The file that is tried: the output, or one in a folder that is there.</param>
    /// <exception cref="UsageException">There is such a state, and it shall not be continued.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static void RequirePlace(TrainingOptionSet set, OptionValues values, string output, string file)
    {
        string state = TrainingOptionSet.StatePath(output);
        if (File.Exists(state) && !set.Resumes(values))
        {
            throw new UsageException($"{state} holds an interrupted training; continue it with --resume, or delete it");
        }

        (string, string?)[] inputs = [.. set.Files(values)];
        CheckpointFiles.RequireOther("--output", file, inputs);
        CheckpointFiles.RequireOther("--log", set.Log(values), inputs);
        CheckpointFiles.RequireOther("--report", set.ReportFile(values), inputs);
        AtomicFile.RequireWritable(state);
        AtomicFile.RequireWritable(file);
        if (set.ReportFile(values) is string page)
        {
            AtomicFile.RequireWritable(page);
        }
    }

    /// <summary>Trains, writes what was trained, then the page; the state of training goes when there is no more need of it.</summary>
    /// <param name="output">What is written.</param>
    /// <param name="write">Writes it, after how many steps.</param>
    /// <param name="cancellation">Interrupts the training between two steps.</param>
    /// <exception cref="TrainingFailedException">Training failed; what it had learnt by its best epoch was written nevertheless, if there was one.</exception>
    public TrainingResult Complete(string output, Action<long> write, CancellationToken cancellation)
    {
        TrainingResult result;
        try
        {
            result = Run(cancellation);
        }
        catch (TrainingFailedException error) when (error.Best is not null && Stages[_stage].Model == Stages[^1].Model)
        {
            throw new TrainingFailedException(error.Message + Rescue(output, () => write(error.Best.Step)), error, error.Best);
        }

        Finish(result, () => write(result.Steps));
        return result;
    }

    private static string Rescue(string output, Action write)
    {
        try
        {
            write();
            return $", and is written to {output}";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return $"; {error.Message}";
        }
    }

    private TrainingResult Run(CancellationToken cancellation)
    {
        bool continues = _set.Resumes(_values) && File.Exists(Options.CheckpointPath);
        using JsonLinesLog? log = _set.Log(_values) is string path ? new JsonLinesLog(path, append: continues) : null;
        return _report.WithLive(show =>
        {
            ITrainingObserver progress = new TrainingProgress(_report, show);
            ITrainingObserver[] observers = log is null ? [progress] : [progress, log];
            if (!continues && _set.Resumes(_values))
            {
                _report.Line($"there is no {Options.CheckpointPath} to continue from: starting");
            }

            int first = continues ? InterruptedStage() : 0;
            TrainingResult? result = null;
            bool goesOn = true;
            for (_stage = first; goesOn && _stage < Stages.Count; _stage++)
            {
                result = RunStage(observers, result, continues && _stage == first, cancellation);
                goesOn = EndStage(cancellation);
            }

            _stage = Stages.Count - 1;
            return result!;
        });
    }

    private TrainingResult RunStage(ITrainingObserver[] observers, TrainingResult? earlier, bool continues, CancellationToken cancellation)
    {
        TrainingStage stage = Stages[_stage];
        if (stage.Name.Length > 0)
        {
            _report.Line(string.Create(CultureInfo.InvariantCulture, $"stage {_stage + 1} of {Stages.Count}: {stage.Name}"));
        }

        if (continues)
        {
            stage.Continue(Trainer.CarriedIn(Options.CheckpointPath!));
        }
        else
        {
            stage.Begin();
        }

        ITrainableModel? teacher = stage.Teacher ?? Teacher;
        var objective = new Objective(stage.Model.Spec, stage.Loss, teacher?.Spec, stage.Options.Threads, Sentences) { TeacherHeads = stage.TeacherHeads };
        TrainingOptions options = Stages.Count == 1 ? stage.Options
            : stage.Options with { Identity = new Dictionary<string, string>(stage.Options.Identity) { [StageKey] = StageOf(_stage) } };
        _trainer = new Trainer(stage.Model, stage.Source ?? Source, objective, options)
        {
            Teacher = teacher, KeepsTeacher = stage.Teacher is not null, Evaluator = Evaluator, Observers = observers, Earlier = earlier,
            LaterSteps = Stages.Skip(_stage + 1).Sum(Steps), Carried = stage.Carried(),
        };
        if (continues)
        {
            _trainer.Resume();
        }
        else if (_stage > 0)
        {
            _trainer.Begin();
        }

        WriteMemory(_trainer.PlanMemory());
        return _trainer.Run(cancellation);
    }

    // What is interrupted here has done all its steps.
    private bool EndStage(CancellationToken cancellation)
    {
        try
        {
            return Stages[_stage].End(cancellation);
        }
        catch (OperationCanceledException)
        {
            _trainer!.Begin();
            throw;
        }
    }

    // Of one stage there is nothing to find; a state that names no stage of this training is refused by the first, with the reason.
    private int InterruptedStage()
    {
        string? name = Stages.Count == 1 ? null : Trainer.IdentityIn(Options.CheckpointPath!).GetValueOrDefault(StageKey);
        return Math.Max(0, Enumerable.Range(0, Stages.Count).ToList().FindIndex(stage => StageOf(stage) == name));
    }

    private string StageOf(int stage) => string.Create(CultureInfo.InvariantCulture, $"{stage + 1} of {Stages.Count}");

    private long Steps(TrainingStage stage)
    {
        long all = (long)stage.Options.Epochs * Source.BatchCount;
        return Math.Min(all, stage.Options.MaxSteps ?? all);
    }

    private void Finish(TrainingResult result, Action write)
    {
        try
        {
            write();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw _trainer!.Keep(error as IOException ?? new IOException(error.Message, error));
        }

        File.Delete(Options.CheckpointPath!);
        if (_set.ReportFile(_values) is string page)
        {
            HtmlReport.Save(page, Title, Settings(), result);
        }
    }

    private void WriteMemory(MemoryPlan plan)
    {
        static string Megabytes(long bytes) => (bytes / 1e6).ToString("N1", CultureInfo.InvariantCulture);
        string teacher = plan.Teacher == 0 ? string.Empty : $", teacher {Megabytes(plan.Teacher)}";
        _report.Line(
            $"memory: {Megabytes(plan.Total)} MB with {Options.Engine} (parameters and gradients {Megabytes(plan.Parameters)}, " +
                $"moments {Megabytes(plan.Optimizer)}, "
            + $"best epoch {Megabytes(plan.Best)}, activations {Megabytes(plan.Activations)}{teacher})");
    }

    private List<KeyValuePair<string, string>> Settings() =>
    [
        new("engine", Options.Engine.Name),
        new("device", Options.Engine.Device),
        new("precision", Options.Engine.PrecisionName),
        .. Teacher is null ? [] : new KeyValuePair<string, string>[] { new("engine of the teacher", Options.EngineOfTeacher.ToString()) },
        new("epochs", Options.Epochs.ToString(CultureInfo.InvariantCulture)),
        new("batch", Source.BatchSize.ToString(CultureInfo.InvariantCulture)),
        .. Options.Parts == 1 ? [] : new KeyValuePair<string, string>[] { new("parts of a batch", Options.Parts.ToString(CultureInfo.InvariantCulture)) },
        new("examples", Source.Examples.Count.ToString(CultureInfo.InvariantCulture)),
        new("optimizer", Options.Optimizer.Kind.ToString()),
        new("learning rate", Options.Optimizer.LearningRate.ToString(CultureInfo.InvariantCulture)),
        new("warm-up", Options.WarmupShare.ToString(CultureInfo.InvariantCulture)),
        new("seed", Options.Seed.ToString(CultureInfo.InvariantCulture)),
        .. Options.Identity,
    ];
}
