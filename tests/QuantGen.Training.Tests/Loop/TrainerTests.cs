using QuantGen.Trainable;
using QuantGen.Training.Engines;
using QuantGen.Training.Loop;

namespace QuantGen.Training.Tests.Loop;

public sealed class TrainerTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("quantgen-training-");

    private string Checkpoint => Path.Combine(_folder.FullName, "training.safetensors");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Learns_and_keeps_the_best_epoch()
    {
        var training = new BagTraining();
        TrainingResult result = training.Trainer.Run();
        Assert.Equal(4, result.Epochs.Count);
        Assert.Equal(52, result.Steps);
        Assert.Equal(result.Epochs.Max(epoch => epoch.Score!.Value), result.Best!.Value);
        Assert.InRange(result.Best.Value, 0.8, 1);
        Assert.True(result.Epochs[^1].Loss.GroundTruth < result.Epochs[0].Loss.GroundTruth);
        Assert.Equal(result.Best.Value, training.Trainer.Evaluator!.Evaluate(training.Model, default).Value);
    }

    [Fact]
    public void Threads_do_not_change_a_bit()
    {
        var one = new BagTraining(new TrainingOptions { Threads = 1 });
        var four = new BagTraining(new TrainingOptions { Threads = 4 });
        one.Trainer.Run();
        four.Trainer.Run();
        Assert.Equal(one.Hash(), four.Hash());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(14)]
    [InlineData(40)]
    [InlineData(51)]
    public void Interrupted_and_continued_run_ends_with_the_same_bytes(int steps)
    {
        var whole = new BagTraining();
        TrainingResult expected = whole.Trainer.Run();
        using var cancellation = new CancellationTokenSource();
        var options = new TrainingOptions { CheckpointPath = Checkpoint };
        var cut = new BagTraining(options, new StopAfter(steps, cancellation));
        Assert.Throws<OperationCanceledException>(() => cut.Trainer.Run(cancellation.Token));
        var rest = new BagTraining(options);
        rest.Trainer.Resume();
        TrainingResult result = rest.Trainer.Run();
        Assert.Equal(whole.Hash(), rest.Hash());
        Assert.Equal(expected.Curve, result.Curve);
        Assert.Equal(
            expected.Epochs.Select(epoch => (epoch.Loss, epoch.Score!.Value, epoch.IsBest)),
            result.Epochs.Select(epoch => (epoch.Loss, epoch.Score!.Value, epoch.IsBest)));
    }

    [Fact]
    public void Killed_run_continues_from_its_last_written_state()
    {
        var whole = new BagTraining();
        whole.Trainer.Run();
        var options = new TrainingOptions { CheckpointPath = Checkpoint, CheckpointEvery = 7 };

        // What a process that ends between two writes would leave behind.
        string left = Path.Combine(_folder.FullName, "left");
        new BagTraining(options, new CopySaved(21, left)).Trainer.Run();
        File.Move(left, Checkpoint, overwrite: true);
        var rest = new BagTraining(options);
        rest.Trainer.Resume();
        rest.Trainer.Run();
        Assert.Equal(whole.Hash(), rest.Hash());
    }

    [Fact]
    public void State_that_cannot_be_written_is_told_and_changes_nothing()
    {
        var whole = new BagTraining();
        whole.Trainer.Run();
        Directory.CreateDirectory(Checkpoint);
        var observer = new SaveObserver();
        var training = new BagTraining(new TrainingOptions { CheckpointPath = Checkpoint, CheckpointEvery = 20 }, observer);
        training.Trainer.Run();
        Assert.Equal(whole.Hash(), training.Hash());
        Assert.Equal([20, 40], observer.Failures.Select(failure => failure.Step));
        Assert.All(observer.Failures, failure => Assert.StartsWith($"cannot write '{Checkpoint}': ", failure.Reason, StringComparison.Ordinal));
        Assert.Equal([Checkpoint], Directory.GetFileSystemEntries(_folder.FullName));
    }

    [Fact]
    public void Observer_that_cannot_write_ends_the_training_and_the_state_is_kept()
    {
        var whole = new BagTraining();
        whole.Trainer.Run();
        var options = new TrainingOptions { CheckpointPath = Checkpoint };
        IOException error = Assert.Throws<IOException>(() => new BagTraining(options, new ThrowAfter(25, new IOException("no room"))).Trainer.Run());
        string left = $"{Checkpoint} holds the training as it is after step 25; the model has the parameters of epoch 1, the best so far";
        Assert.Equal($"no room; {left}", error.Message);
        var rest = new BagTraining(options);
        rest.Trainer.Resume();
        rest.Trainer.Run();
        Assert.Equal(whole.Hash(), rest.Hash());
    }

    [Fact]
    public void Failure_that_is_not_of_a_file_keeps_state_and_best_epoch_and_says_where()
    {
        var whole = new BagTraining();
        whole.Trainer.Run();
        var options = new TrainingOptions { CheckpointPath = Checkpoint };
        var failed = new BagTraining(options, new ThrowAfter(30, new NotSupportedException("no more")));
        TrainingFailedException error = Assert.Throws<TrainingFailedException>(() => failed.Trainer.Run());
        Assert.IsType<NotSupportedException>(error.InnerException);
        string left = $"{Checkpoint} holds the training as it is after step 30; the model has the parameters of epoch {error.Best!.Epoch}, the best so far";
        Assert.Equal($"no more; {left}", error.Message);
        Assert.Equal(error.Best.Score!.Value, failed.Trainer.Evaluator!.Evaluate(failed.Model, default).Value);
        Assert.Equal(BestOf(26), failed.Hash());
        Assert.Throws<InvalidOperationException>(() => failed.Trainer.Run());

        // Another failure to write does not replace the state by the best epoch.
        Assert.EndsWith("holds the training as it was after step 30", failed.Trainer.Keep(new IOException("no room")).Message, StringComparison.Ordinal);
        var rest = new BagTraining(options);
        rest.Trainer.Resume();
        rest.Trainer.Run();
        Assert.Equal(whole.Hash(), rest.Hash());
    }

    [Fact]
    public void Failure_inside_a_step_leaves_the_state_written_before_it()
    {
        var whole = new BagTraining();
        whole.Trainer.Run();
        var options = new TrainingOptions { CheckpointPath = Checkpoint, CheckpointEvery = 20 };
        var failed = new BagTraining(options);
        failed.Model.IsPoisoned = step => step == 30 ? throw new NotSupportedException("no more") : false;
        TrainingFailedException error = Assert.Throws<TrainingFailedException>(() => failed.Trainer.Run());
        Assert.Contains($"no more; {Checkpoint} holds the training as it was after step 20; the model has", error.Message, StringComparison.Ordinal);
        Assert.Equal(BestOf(26), failed.Hash());
        var rest = new BagTraining(options);
        rest.Trainer.Resume();
        rest.Trainer.Run();
        Assert.Equal(whole.Hash(), rest.Hash());
    }

    [Fact]
    public void Failure_without_a_place_for_the_state_leaves_the_best_epoch()
    {
        var failed = new BagTraining(null, new ThrowAfter(30, new IOException("no room")));
        IOException error = Assert.Throws<IOException>(() => failed.Trainer.Run());
        Assert.StartsWith("no room; the model has the parameters of epoch ", error.Message, StringComparison.Ordinal);
        Assert.Equal(BestOf(26), failed.Hash());
    }

    [Fact]
    public void Finished_training_is_kept_and_resumed_without_a_step()
    {
        var options = new TrainingOptions { CheckpointPath = Checkpoint };
        var training = new BagTraining(options);
        TrainingResult expected = training.Trainer.Run();
        Assert.Contains("after step 52", training.Trainer.Keep(new IOException("no room")).Message, StringComparison.Ordinal);
        var rest = new BagTraining(options, new ThrowAfter(1, new NotSupportedException("a step")));
        rest.Trainer.Resume();
        TrainingResult result = rest.Trainer.Run();
        Assert.Equal(training.Hash(), rest.Hash());
        Assert.Equal((expected.Steps, expected.BestEpoch, expected.Best!.Value), (result.Steps, result.BestEpoch, result.Best!.Value));
    }

    [Fact]
    public void State_that_cannot_be_kept_leaves_the_one_written_before()
    {
        var options = new TrainingOptions { CheckpointPath = Checkpoint };
        Directory.CreateDirectory(Checkpoint);
        string message = new BagTraining(options).Trainer.Keep(new IOException("no room")).Message;
        Assert.StartsWith($"no room; cannot write '{Checkpoint}': ", message, StringComparison.Ordinal);
    }

    [Fact]
    public void State_of_another_training_is_refused_by_name()
    {
        using var cancellation = new CancellationTokenSource();
        var options = new TrainingOptions { CheckpointPath = Checkpoint };
        Assert.Throws<OperationCanceledException>(() => new BagTraining(options, new StopAfter(3, cancellation)).Trainer.Run(cancellation.Token));
        ModelFormatException seed = Assert.Throws<ModelFormatException>(() => new BagTraining(options with { Seed = 8 }).Trainer.Resume());
        Assert.Contains("'dropout seed' of an interrupted training: expected 8, found 0", seed.Message, StringComparison.Ordinal);
        var identity = new Dictionary<string, string> { ["teacher"] = "abc" };
        ModelFormatException teacher = Assert.Throws<ModelFormatException>(() => new BagTraining(options with { Identity = identity }).Trainer.Resume());
        Assert.Contains("expected abc, found none", teacher.Message, StringComparison.Ordinal);
        var torch = new EngineDescription("torch", "cuda:0");
        ModelFormatException engine = Assert.Throws<ModelFormatException>(() => new BagTraining(options with { Engine = torch }).Trainer.Resume());
        Assert.Contains("'engine' of an interrupted training: expected torch on cuda:0, found generated on cpu", engine.Message, StringComparison.Ordinal);
        Assert.Equal("torch on cuda:0 in bfloat16", (torch with { Precision = ProductPrecision.Bfloat16 }).ToString());
    }

    [Fact]
    public void Damaged_state_is_a_format_error()
    {
        File.WriteAllText(Checkpoint, "not a checkpoint");
        Assert.Throws<ModelFormatException>(() => new BagTraining(new TrainingOptions { CheckpointPath = Checkpoint }).Trainer.Resume());
    }

    [Fact]
    public void Step_without_finite_gradients_changes_nothing_and_is_counted()
    {
        var training = new BagTraining();
        training.Model.IsPoisoned = step => step is 5 or 6;
        TrainingResult result = training.Trainer.Run();
        Assert.Equal(2, result.SkippedSteps);
        Assert.Equal(52, result.Steps);
        Assert.All(training.Model.Parameters, parameter => Assert.All(parameter.Values, value => Assert.True(float.IsFinite(value))));
    }

    [Fact]
    public void Fails_after_ten_skipped_steps_in_a_row()
    {
        var training = new BagTraining(new TrainingOptions { CheckpointPath = Checkpoint });
        training.Model.IsPoisoned = step => step >= 20;
        TrainingFailedException error = Assert.Throws<TrainingFailedException>(() => training.Trainer.Run());
        Assert.Contains("10 steps in a row, up to step 30 of 52", error.Message, StringComparison.Ordinal);
        Assert.Contains($"{Checkpoint} holds the training as it is after step 30", error.Message, StringComparison.Ordinal);
        Assert.Null(error.InnerException);
        Assert.NotNull(error.Best);
    }

    [Fact]
    public void Memory_is_planned_for_the_largest_batch()
    {
        var training = new BagTraining();
        MemoryPlan plan = training.Trainer.PlanMemory();
        long values = training.Model.Parameters.Sum(parameter => 4L * parameter.Values.Length);
        Assert.Equal(2 * values, plan.Parameters);
        Assert.Equal(2 * (values - 4), plan.Optimizer);
        Assert.Equal(0, plan.Teacher);
        Assert.InRange(plan.Activations, 100 * 16 * 3, 100 * 16 * 23);
        Assert.Equal(plan.Parameters + plan.Optimizer + plan.Best + plan.Activations, plan.Total);
    }

    // The best of the epochs that end at or before a step, as a training that goes no further has it.
    private static string BestOf(int steps)
    {
        var best = new BestAt(steps);
        var training = new BagTraining(null, best);
        best.Hash = training.Hash;
        training.Trainer.Run();
        return best.Found!;
    }

    private sealed class BestAt(int steps) : ITrainingObserver
    {
        public Func<string> Hash { get; set; } = () => string.Empty;

        public string? Found { get; private set; }

        public void EpochEnded(EpochRecord epoch) => Found = epoch.IsBest && epoch.Step <= steps ? Hash() : Found;
    }

    private sealed class CopySaved(int steps, string target) : ITrainingObserver
    {
        public void Saved(string path, long step)
        {
            if (step == steps)
            {
                File.Copy(path, target);
            }
        }
    }

    internal sealed class StopAfter(int steps, CancellationTokenSource cancellation) : ITrainingObserver
    {
        public void Stepped(in StepRecord step)
        {
            if (step.Step == steps)
            {
                cancellation.Cancel();
            }
        }
    }

    private sealed class ThrowAfter(int steps, Exception error) : ITrainingObserver
    {
        public void Stepped(in StepRecord step)
        {
            if (step.Step == steps)
            {
                throw error;
            }
        }
    }

    private sealed class SaveObserver : ITrainingObserver
    {
        public List<(long Step, string Reason)> Failures { get; } = [];

        public void SaveFailed(string path, long step, string reason) => Failures.Add((step, reason));
    }
}
