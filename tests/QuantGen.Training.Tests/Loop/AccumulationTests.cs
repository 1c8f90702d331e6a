using QuantGen.Training.Batching;
using QuantGen.Training.Losses;
using QuantGen.Training.Loop;

namespace QuantGen.Training.Tests.Loop;

/// <summary>Steps whose batches are run in parts.</summary>
public sealed class AccumulationTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("quantgen-parts-");

    private string Checkpoint => Path.Combine(_folder.FullName, "training.safetensors");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(16)]
    [InlineData(100)]
    public void Parts_change_no_bit_of_weights_losses_and_scores(int parts)
    {
        var whole = new BagTraining();
        TrainingResult expected = whole.Trainer.Run();
        var inParts = new BagTraining(new TrainingOptions { Parts = parts });
        TrainingResult actual = inParts.Trainer.Run();
        Assert.Equal(whole.Hash(), inParts.Hash());
        Assert.Equal(expected.Curve, actual.Curve);
        Assert.Equal(expected.Steps, actual.Steps);
        Assert.Equal(expected.Epochs.Select(epoch => (epoch.Loss, epoch.Score!.Value)), actual.Epochs.Select(epoch => (epoch.Loss, epoch.Score!.Value)));
    }

    [Fact]
    public void A_part_is_what_memory_is_planned_for()
    {
        var model = new BagModel();
        var source = new BatchSource(BagTraining.Examples(200, 1), 16, seed: 3);
        var objective = new Objective(model.Spec, LossOptions.Labels, null, threads: 1);
        long Planned(int parts) => new Trainer(model, source, objective, new TrainingOptions { Parts = parts }).PlanMemory().Activations;
        Assert.InRange(Planned(4), 1, Planned(1) / 3);
        Assert.Equal(Planned(16), Planned(100));
    }

    [Fact]
    public void A_training_goes_on_with_other_parts_where_those_change_no_bit()
    {
        var whole = new BagTraining();
        whole.Trainer.Run();
        Interrupt(new BagModel(), parts: 4);
        var rest = new BagTraining(new TrainingOptions { CheckpointPath = Checkpoint, Parts = 3 });
        rest.Trainer.Resume();
        rest.Trainer.Run();
        Assert.Equal(whole.Hash(), rest.Hash());
    }

    [Fact]
    public void Elsewhere_it_goes_on_with_the_parts_that_it_has()
    {
        Interrupt(new BagModel { SumsPartsExactly = false }, parts: 4);
        BagTraining Rest(int parts) =>
            new(new TrainingOptions { CheckpointPath = Checkpoint, Parts = parts }, model: new BagModel { SumsPartsExactly = false });
        Assert.Contains("parts of a batch", Assert.Throws<ModelFormatException>(Rest(3).Trainer.Resume).Message, StringComparison.Ordinal);
        Assert.Contains("parts of a batch", Assert.Throws<ModelFormatException>(Rest(1).Trainer.Resume).Message, StringComparison.Ordinal);
        Rest(4).Trainer.Resume();
    }

    [Fact]
    public void A_part_without_a_finite_loss_skips_its_whole_step()
    {
        BagModel Broken() => new() { IsBroken = (step, part) => step == 5 && part.Before.Sequences > 0 };
        var training = new BagTraining(new TrainingOptions { Parts = 2 }, model: Broken());
        TrainingResult result = training.Trainer.Run();
        Assert.Equal(1, result.SkippedSteps);

        // As one whose gradients are not finite, which has parts before.
        var expected = new BagTraining(model: new BagModel { IsPoisoned = step => step == 5 });
        expected.Trainer.Run();
        Assert.Equal(expected.Model.Parameters.SkipLast(1).SelectMany(p => p.Values), training.Model.Parameters.SkipLast(1).SelectMany(p => p.Values));
    }

    [Fact]
    public void A_loss_that_compares_texts_has_no_parts()
    {
        var model = new BagModel();
        var loss = LossOptions.Labels with { Transformer = true, HiddenDirections = true, AttentionWeight = 0 };
        var objective = new Objective(model.Spec, loss, model.Spec, threads: 1);
        var source = new BatchSource(BagTraining.Examples(20, 1), 16, seed: 3);
        Assert.Throws<ArgumentException>(() => new Trainer(model, source, objective, new TrainingOptions { Parts = 2 }));
        Assert.Throws<ArgumentException>(() => objective.Begin([source.Make([0], 0), source.Make([1], 0)]));
    }

    private void Interrupt(BagModel model, int parts)
    {
        using var cancellation = new CancellationTokenSource();
        var options = new TrainingOptions { CheckpointPath = Checkpoint, Parts = parts };
        var cut = new BagTraining(options, new TrainerTests.StopAfter(20, cancellation), model: model);
        Assert.Throws<OperationCanceledException>(() => cut.Trainer.Run(cancellation.Token));
    }
}
