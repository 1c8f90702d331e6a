using QuantGen.IntegrationTests.Trainable;
using QuantGen.TestModels.Trainable;
using QuantGen.Trainable;
using static global::TorchSharp.torch;

namespace QuantGen.TorchSharp.Tests;

/// <summary>Layers that are computed again one by one have the traces and gradients of a graph of all of them, with what is dropped and where ranges
/// move.</summary>
public sealed class RecomputationTests
{
    private const double Tolerance = 1e-5;

    private static readonly TrainingBatch s_batch = TrainingBatches.Of(3, 7, 1);

    public static TheoryData<string> Names => EngineAgreementTests.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Traces_and_gradients_are_the_same(string name)
    {
        (float[][] traces, Parameter[] parameters) = Steps(name, long.MaxValue);
        (float[][] again, Parameter[] same) = Steps(name, budget: 0);

        Assert.Equal(traces, again);
        foreach ((Parameter expected, Parameter actual) in parameters.Zip(same))
        {
            Assert.Equal(expected.Values, actual.Values);

            // In the gradient of a threshold most cancels: what counts is how far it is off among all of its kind.
            double among = expected.Kind is ParameterKind.WeightScale or ParameterKind.ActivationScale
                ? parameters.Where(p => p.Kind == expected.Kind).Max(p => p.Gradients.Max(Math.Abs)) : 0;
            double distance = Close.Distance(expected.Gradients, actual.Gradients, among);
            Assert.True(distance <= Tolerance, $"{expected.Name} differs by {distance:g3}");
        }

        Assert.Contains(parameters, parameter => parameter.Gradients.Any(gradient => gradient != 0f));
    }

    [Theory]
    [InlineData("embeddings,0")]
    [InlineData("embeddings,0-1")]
    [InlineData("1")]
    public void What_is_frozen_stays_so(string parts)
    {
        (_, Parameter[] parameters) = Steps("BertMax", long.MaxValue, parts);
        (_, Parameter[] same) = Steps("BertMax", budget: 0, parts);
        foreach ((Parameter expected, Parameter actual) in parameters.Zip(same))
        {
            Assert.Equal(expected.IsFrozen, actual.IsFrozen);
            Close.Assert(expected.Gradients, actual.Gradients, Tolerance, expected.Name);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(long.MaxValue)]
    public void Steps_leave_no_tensor_behind(long budget)
    {
        long before = Tensor.TotalCount;
        Steps("BertLsq", budget);
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void Less_memory_is_stated()
    {
        using TorchTrainableModel whole = Create("BertLsq", long.MaxValue);
        using TorchTrainableModel layers = Create("BertLsq", budget: 0);
        Assert.True(layers.ActivationBytes(512, 32) < whole.ActivationBytes(512, 32));
    }

    // Three steps with dropout, gradients of all of them in one.
    private static (float[][] Traces, Parameter[] Parameters) Steps(string name, long budget, string? frozen = null)
    {
        using TorchTrainableModel model = Create(name, budget);
        if (frozen is not null)
        {
            FrozenParts.Parse(frozen, model.Spec).Freeze(model);
        }

        TrainingBatches.Calibrate(model, s_batch);
        List<float[]> traces = [];
        for (int step = 0; step < 3; step++)
        {
            model.Forward(s_batch, new ForwardOptions(ForwardPurpose.Train, Seed: 9, Step: step));
            TraceLosses.Begin(model);
            TraceLosses.Mixture(model);
            model.Backward();
            traces.AddRange(model.Trace.Hidden.Concat(model.Trace.Scores).Append(model.Trace.Logits).Select(values => (float[])values.Clone()));
        }

        return ([.. traces], [.. model.Parameters]);
    }

    private static TorchTrainableModel Create(string name, long budget)
    {
        TrainableTestModel named = TrainableTestModel.Named(name);
        var options = new TrainableOptions { Threads = 1, HiddenDropout = 0.2f, AttentionDropout = 0.3f, ActivationBudget = budget };
        var model = new TorchTrainableModel(named.Spec, named.Options(options));
        using ITrainableModel generated = named.Create(seed: 11, options);
        foreach ((Parameter from, Parameter to) in generated.Parameters.Zip(model.Parameters))
        {
            from.Values.CopyTo(to.Values, 0);
        }

        model.InitializeWeightQuantizers();
        return model;
    }
}
