using QuantGen.TestModels.Trainable;
using QuantGen.Trainable;

namespace QuantGen.IntegrationTests.Trainable;

/// <summary>Alone in the process, whose memory is measured.</summary>
[CollectionDefinition(nameof(MemoryPlanTests), DisableParallelization = true)]
[Collection(nameof(MemoryPlanTests))]
public sealed class MemoryPlanTests
{
    [Theory]
    [ClassData(typeof(TrainableModelNames))]
    public void A_model_plans_the_memory_that_a_batch_takes(string name) => AssertPlanned(name, _ => false);

    [Theory]
    [InlineData(nameof(BertMasked))]
    [InlineData(nameof(BertTernary))]
    [InlineData(nameof(BertLsq))]
    [InlineData(nameof(AlbertTernary))]
    public void Frozen_layers_keep_nothing_for_their_gradients(string name) => AssertPlanned(
        name, parameter => parameter.StartsWith("e", StringComparison.Ordinal));

    [Theory]
    [InlineData(nameof(Bert32))]
    [InlineData(nameof(BertLsq))]
    [InlineData(nameof(AlbertTernary))]
    public void Layers_that_are_computed_once_more_share_their_memory(string name) => AssertPlanned(name, _ => false, budget: 0);

    [Fact]
    public void A_model_that_learns_nothing_takes_the_memory_of_one_layer() => AssertPlanned(nameof(Bert32), _ => true);

    private static void AssertPlanned(string name, Func<string, bool> isFrozen, long budget = long.MaxValue)
    {
        TrainableTestModel test = TrainableTestModel.Named(name);
        TrainingBatch batch = TrainingBatches.Of([.. Enumerable.Repeat(24, 40)]);
        using ITrainableModel model = test.Create(seed: 5, new TrainableOptions { Threads = 2, ActivationBudget = budget });
        foreach (Parameter parameter in model.Parameters)
        {
            parameter.IsFrozen = isFrozen(parameter.Name);
        }

        model.Trace.ShowsProjected = budget > 0;
        TrainingBatches.Calibrate(model, TrainingBatches.Of(1));
        model.Forward(TrainingBatches.Of(1), new ForwardOptions(ForwardPurpose.Train));
        model.Backward();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        model.Forward(batch, new ForwardOptions(ForwardPurpose.Train));
        model.Backward();
        long taken = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.InRange(model.ActivationBytes(batch.TokenCount, batch.Longest), (long)(0.95 * taken), (long)(1.3 * taken));
    }
}
