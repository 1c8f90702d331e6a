using QuantGen.IntegrationTests.Trainable;
using QuantGen.TestModels.Trainable;
using QuantGen.Trainable;

namespace QuantGen.TorchSharp.Tests;

/// <summary>Dropout by the device's random numbers.</summary>
public sealed class DropoutTests
{
    private static readonly TrainingBatch s_batch = TrainingBatches.Of(3, 7, 1);

    [Theory]
    [InlineData("BertLsq")]
    [InlineData("BertMasked")]
    [InlineData("AlbertBins")]
    public void A_step_has_the_same_bits_whatever_came_before_it(string name)
    {
        float[][] direct = Step(name, 5);
        Assert.Equal(direct, Step(name, 3, 4, 5));
        Assert.NotEqual(direct, Step(name, 6));
    }

    [Fact]
    public void Evaluations_drop_nothing()
    {
        using ITrainableModel dropping = Create("Bert32", new TrainableOptions());
        using ITrainableModel keeping = Create("Bert32", new TrainableOptions { HiddenDropout = 0f, AttentionDropout = 0f });
        dropping.Forward(s_batch, new ForwardOptions(ForwardPurpose.Evaluate));
        keeping.Forward(s_batch, new ForwardOptions(ForwardPurpose.Train));
        Assert.Equal(keeping.Trace.Logits, dropping.Trace.Logits);
    }

    [Fact]
    public void Dropped_values_have_the_mean_that_they_had()
    {
        using global::TorchSharp.DisposeScope scope = global::TorchSharp.torch.NewDisposeScope();
        using var dropout = new TorchDropout(new ForwardOptions(ForwardPurpose.Train, Seed: 3, Step: 8), global::TorchSharp.torch.CPU);
        float[] values = new float[100_000];
        HostMemory.CopyTo(dropout.Drop(global::TorchSharp.torch.ones(values.Length), 0.1f), values);
        Assert.Equal([0f, 1f / 0.9f], values.Distinct().Order());
        Assert.Equal(1.0, values.Average(), 0.01);
    }

    private static float[][] Step(string name, params int[] steps)
    {
        using ITrainableModel model = Create(name, new TrainableOptions { HiddenDropout = 0.2f, AttentionDropout = 0.3f });
        TrainingBatches.Calibrate(model, s_batch);
        foreach (int step in steps)
        {
            model.Forward(s_batch, new ForwardOptions(ForwardPurpose.Train, Seed: 9, Step: step));
            TraceLosses.Begin(model);
            TraceLosses.Mixture(model);
            model.Backward();
        }

        return [model.Trace.Logits, .. model.Trace.Hidden, .. model.Parameters.Select(p => p.Gradients)];
    }

    private static TorchTrainableModel Create(string name, TrainableOptions options)
    {
        using EnginePair pair = EnginePair.Small(name);
        var model = new TorchTrainableModel(TrainableTestModel.Named(name).Spec, TrainableTestModel.Named(name).Options(options));
        foreach ((Parameter from, Parameter to) in pair.Torch.Parameters.Zip(model.Parameters))
        {
            from.Values.CopyTo(to.Values, 0);
        }

        model.InitializeWeightQuantizers();
        return model;
    }
}
