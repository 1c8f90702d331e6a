using QuantGen.IntegrationTests.Trainable;
using QuantGen.TestModels.Trainable;
using QuantGen.Trainable;
using QuantGen.Training.Optimization;
using static global::TorchSharp.torch;

namespace QuantGen.TorchSharp.Tests;

/// <summary>Products in bfloat16, on processors that have them; others refuse.</summary>
public sealed class MixedPrecisionTests
{
    // bfloat16 has 8 bits: a product is off by 1/256 of itself at most, and two layers have a dozen, one after the other.
    private const double Tolerance = 0.1;

    private static readonly TrainingBatch s_batch = TrainingBatches.Of(3, 7, 1);

    public static TheoryData<string> Names => ["Bert32", "Albert32", "BertMasked", "DistilBert32", "BertTernary", "BertMax", "BertClusters"];

    [Theory]
    [MemberData(nameof(Names))]
    public void Traces_are_near_those_of_float32_and_not_the_same(string name)
    {
        if (IsRefused())
        {
            return;
        }

        using TorchTrainableModel single = Create(name, ProductPrecision.Float32);
        using TorchTrainableModel mixed = Create(name, ProductPrecision.Bfloat16);
        foreach (TorchTrainableModel model in new[] { single, mixed })
        {
            TrainingBatches.Calibrate(model, s_batch);
            model.Forward(s_batch, new ForwardOptions(ForwardPurpose.Evaluate));
        }

        double[] distances =
        [
            .. single.Trace.Hidden.Zip(mixed.Trace.Hidden, (e, a) => Close.Distance(e.AsSpan(0, single.Trace.HiddenCount), a)),
            .. single.Trace.Scores.Zip(mixed.Trace.Scores, (e, a) => Close.Distance(e.AsSpan(0, single.Trace.ScoreCount), a)),
            Close.Distance(single.Trace.Logits.AsSpan(0, single.Trace.LogitCount), mixed.Trace.Logits),
        ];
        Assert.All(distances, distance => Assert.InRange(distance, 0, Tolerance));
        Assert.Contains(distances, distance => distance > 1e-4);
    }

    [Theory]
    [InlineData("Bert32", long.MaxValue)]
    [InlineData("Bert32", 0)]
    [InlineData("BertLsq", long.MaxValue)]
    [InlineData("BertLsq", 0)]
    public void Steps_make_the_loss_small_and_parameters_stay_floats(string name, long budget)
    {
        if (IsRefused())
        {
            return;
        }

        using TorchTrainableModel model = Create(name, ProductPrecision.Bfloat16, budget);
        TrainingBatches.Calibrate(model, s_batch);
        var optimizer = new AdamOptimizer(model.Parameters, new OptimizerOptions { LearningRate = 2e-3 }, threads: 1);
        int[] labels = [.. Enumerable.Range(0, s_batch.SequenceCount).Select(i => i % model.Spec.OutputCount)];
        double[] losses = new double[20];
        for (int step = 0; step < losses.Length; step++)
        {
            model.Forward(s_batch, new ForwardOptions(ForwardPurpose.Train, Step: step));
            TraceLosses.Begin(model, hidden: false, scores: false);
            losses[step] = TraceLosses.CrossEntropy(model, labels);
            model.Backward();
            Assert.False(optimizer.Step(1).IsSkipped);
        }

        Assert.True(losses[^1] < 0.5 * losses[0], string.Join(", ", losses));
        Parameter weight = model.Parameters.First(parameter => parameter.Kind == ParameterKind.Weight);
        Assert.Contains(weight.Values, value => (BitConverter.SingleToUInt32Bits(value) & 0xFFFF) != 0);
    }

    private static bool IsRefused()
    {
        if (TorchDevice.HasBfloat16(CPU))
        {
            return false;
        }

        string message = Assert.Throws<ArgumentException>(() => Create("Bert32", ProductPrecision.Bfloat16)).Message;
        Assert.Contains("The device 'cpu' has no products of bfloat16", message, StringComparison.Ordinal);
        return true;
    }

    private static TorchTrainableModel Create(string name, ProductPrecision precision, long budget = long.MaxValue)
    {
        TrainableTestModel named = TrainableTestModel.Named(name);
        TrainableOptions options =
            named.Options(new TrainableOptions()) with { Threads = 1, HiddenDropout = 0f, AttentionDropout = 0f, ActivationBudget = budget };
        var model = new TorchTrainableModel(named.Spec, options, precision: precision);
        using ITrainableModel generated = named.Create(seed: 11, options);
        foreach ((Parameter from, Parameter to) in generated.Parameters.Zip(model.Parameters))
        {
            from.Values.CopyTo(to.Values, 0);
        }

        model.InitializeWeightQuantizers();
        return model;
    }
}
