using QuantGen.TestModels.Trainable;
using QuantGen.Trainable;

namespace QuantGen.IntegrationTests.Trainable;

/// <summary>Layers that are computed once more on the way back leave the bits of layers that keep their activations.</summary>
public sealed class RecomputationTests
{
    [Theory]
    [ClassData(typeof(TrainableModelNames))]
    public void Traces_gradients_and_ranges_are_the_same(string name)
    {
        (float[] traces, float[] parameters) = Steps(name, budget: long.MaxValue);
        (float[] again, float[] same) = Steps(name, budget: 0);
        Assert.Equal(traces.Select(BitConverter.SingleToInt32Bits), again.Select(BitConverter.SingleToInt32Bits));
        Assert.Equal(parameters.Select(BitConverter.SingleToInt32Bits), same.Select(BitConverter.SingleToInt32Bits));
        Assert.Contains(parameters, value => value != 0f);
    }

    [Theory]
    [InlineData(nameof(BertMax), "embeddings,0")]
    [InlineData(nameof(BertMax), "embeddings,0-1")]
    [InlineData(nameof(BertTernary), "1")]
    [InlineData(nameof(Bert32), "embeddings")]
    public void What_is_frozen_stays_so(string name, string frozen)
    {
        (float[] traces, float[] parameters) = Steps(name, budget: long.MaxValue, frozen);
        (float[] again, float[] same) = Steps(name, budget: 0, frozen);
        Assert.Equal(traces, again);
        Assert.Equal(parameters, same);
    }

    [Fact]
    public void Queries_keys_and_values_that_are_shown_are_those_of_their_layers()
    {
        float[][] Projected(long budget)
        {
            using ITrainableModel model = Create(nameof(Bert32), budget);
            Step(model, 0);
            return [.. model.Trace.Projected.Select(values => values[..model.Trace.ProjectedCount])];
        }

        Assert.Equal(Projected(long.MaxValue), Projected(0));
        using ITrainableModel hidden = Create(nameof(Bert32), budget: 0);
        hidden.Trace.ShowsProjected = false;
        Step(hidden, 0);
        Assert.All(hidden.Trace.Projected, Assert.Empty);
    }

    [Fact]
    public void A_budget_between_one_layer_and_all_decides_by_the_batch()
    {
        using ITrainableModel kept = Create(nameof(BertLsq), long.MaxValue);
        using ITrainableModel again = Create(nameof(BertLsq), 0);
        using ITrainableModel between = Create(nameof(BertLsq), kept.ActivationBytes(64, 16) / 2);
        Assert.True(again.ActivationBytes(512, 16) < kept.ActivationBytes(512, 16));
        Assert.Equal(kept.ActivationBytes(16, 16), between.ActivationBytes(16, 16));
        Assert.Equal(again.ActivationBytes(512, 16), between.ActivationBytes(512, 16));
    }

    // Batches that share memory and such that do not, in turns: nothing of the one is left in the other.
    private static (float[] Traces, float[] Parameters) Steps(string name, long budget, string? frozen = null)
    {
        using ITrainableModel model = Create(name, budget);
        model.Trace.ShowsProjected = false;
        foreach (Parameter parameter in model.Parameters)
        {
            parameter.IsFrozen = frozen is not null && FrozenParts.Parse(frozen, model.Spec).Contains(parameter.Name);
        }

        var traces = new List<float>();
        for (int step = 0; step < 3; step++)
        {
            Step(model, step);
            traces.AddRange(model.Trace.Hidden.SelectMany(hidden => hidden.Take(model.Trace.HiddenCount)));
            traces.AddRange(model.Trace.Scores.SelectMany(scores => scores.Take(model.Trace.ScoreCount)));
            traces.AddRange(model.Trace.Logits.Take(model.Trace.LogitCount));
        }

        return ([.. traces], [.. model.Parameters.SelectMany(parameter => parameter.Values.Concat(parameter.Gradients))]);
    }

    private static ITrainableModel Create(string name, long budget)
    {
        ITrainableModel model = TrainableTestModel.Named(name).Create(seed: 7, new TrainableOptions { Threads = 2, ActivationBudget = budget });
        TrainingBatches.Calibrate(model, TrainingBatches.Of(9, 24));
        return model;
    }

    private static void Step(ITrainableModel model, int step)
    {
        model.Forward(TrainingBatches.Of([.. new[] { 3, 24, 1, 7, 16 }.Skip(step)]), new ForwardOptions(ForwardPurpose.Train, Seed: 5, step));
        TraceLosses.Begin(model);
        TraceLosses.Mixture(model);
        model.Backward();
    }
}
