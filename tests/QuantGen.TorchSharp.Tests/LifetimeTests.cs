using System.Diagnostics;
using QuantGen.IntegrationTests.Trainable;
using QuantGen.TestModels.Models;
using QuantGen.TestModels.Trainable;
using QuantGen.Trainable;
using static global::TorchSharp.torch;

namespace QuantGen.TorchSharp.Tests;

/// <summary>How a model begins, what it holds on to, and how it ends.</summary>
public sealed class LifetimeTests
{
    private const long MegaByte = 1 << 20;

    [Fact]
    public void A_thousand_steps_leave_no_tensor_behind_and_take_no_more_memory()
    {
        using EnginePair pair = EnginePair.Small("BertLsq");
        pair.Calibrate(TrainingBatches.Of(3, 7, 1));
        Steps(pair.Torch, 100);
        long tensors = Tensor.TotalCount;
        long resident = Resident();
        Steps(pair.Torch, 1000);
        Assert.Equal(tensors, Tensor.TotalCount);
        Assert.True(Resident() - resident < 48 * MegaByte, $"a thousand steps took {(Resident() - resident) / MegaByte} MB");
    }

    [Fact]
    public void Disposing_frees_every_tensor_also_in_the_middle_of_a_step()
    {
        long before = Tensor.TotalCount;
        using (EnginePair pair = EnginePair.Small("BertLsq"))
        {
            pair.Calibrate(TrainingBatches.Of(3, 7, 1));
            pair.Torch.Forward(TrainingBatches.Of(3, 7, 1), new ForwardOptions(ForwardPurpose.Train));
            Assert.True(Tensor.TotalCount > before);
            pair.Torch.Dispose();
            Assert.Throws<ObjectDisposedException>(() => pair.Torch.Forward(TrainingBatches.Of(3), default));
            Assert.Throws<ObjectDisposedException>(pair.Torch.Backward);
        }

        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void A_model_outlives_the_scope_in_which_it_was_made()
    {
        TorchTrainableModel model;
        using (NewDisposeScope())
        {
            model = new TorchTrainableModel(TestModels.Trainable.Bert32.Spec, new TrainableOptions());
            model.Forward(TrainingBatches.Of(3, 7), new ForwardOptions(ForwardPurpose.Train));
            TraceLosses.Begin(model);
        }

        TraceLosses.Mixture(model);
        model.Backward();
        model.Forward(TrainingBatches.Of(3, 7), new ForwardOptions(ForwardPurpose.Evaluate));
        model.Dispose();
    }

    [Theory]
    [InlineData("gpu")]
    [InlineData("")]
    [InlineData("cpu:0")]
    [InlineData("cuda:")]
    [InlineData("cuda:-1")]
    [InlineData("cuda:0:0")]
    [InlineData("cuda:99")]
    public void A_device_that_does_not_exist_is_refused_in_one_line(string device)
    {
        var refused = Assert.Throws<ArgumentException>(() => new TorchTrainableModel(Reference32.Spec, new TrainableOptions(), device));
        Assert.Contains($"'{device}'", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Fact]
    public void Models_that_cannot_be_trained_are_refused_with_the_reason()
    {
        Assert.Contains("Asymmetric codes (matrix", Refusal(Bert2Asymmetric.Spec), StringComparison.Ordinal);
        Assert.Contains("Scales for groups along the inputs (matrix", Refusal(Bert2GroupSize.Spec), StringComparison.Ordinal);
        Assert.Contains("Weights of one bit (matrix", Refusal(Bert1.Spec), StringComparison.Ordinal);
        static string Refusal(Specs.ModelSpec spec) => Assert.Throws<ArgumentException>(() => new TorchTrainableModel(spec, new TrainableOptions())).Message;
    }

    [Fact]
    public void What_comes_too_early_is_refused()
    {
        using EnginePair pair = EnginePair.Small("BertLsq");
        TrainingBatch batch = TrainingBatches.Of(3, 7, 1);
        Assert.Throws<InvalidOperationException>(pair.Torch.Backward);
        Assert.Contains("calibrates", Assert.Throws<InvalidOperationException>(() => pair.Torch.Forward(batch, default)).Message, StringComparison.Ordinal);
        pair.Calibrate(batch);
        Assert.Throws<InvalidOperationException>(pair.Torch.Backward);
        using var codebooks = new TorchTrainableModel(BertClusters.Spec, new TrainableOptions());
        Assert.Contains(
            "InitializeWeightQuantizers", Assert.Throws<InvalidOperationException>(() => codebooks.Forward(batch, default)).Message, StringComparison.Ordinal);
    }

    private static void Steps(ITrainableModel model, int count)
    {
        for (int step = 0; step < count; step++)
        {
            model.Forward(TrainingBatches.Of(1 + (step % 5), 6), new ForwardOptions(ForwardPurpose.Train, Step: step));
            TraceLosses.Begin(model);
            TraceLosses.Mixture(model);
            model.Backward();
        }
    }

    private static long Resident()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
