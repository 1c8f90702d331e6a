using QuantGen.IntegrationTests.Trainable;
using QuantGen.TestModels.Trainable;
using QuantGen.Trainable;

namespace QuantGen.TorchSharp.Tests;

/// <summary>Both engines on small models of every scheme and every head.</summary>
public sealed class EngineAgreementTests
{
    private const double Tolerance = 1e-3;

    public static TheoryData<string> Names => [.. TrainableTestModel.All.Select(model => model.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Both_engines_have_the_same_parameters(string name)
    {
        TrainableTestModel named = TrainableTestModel.Named(name);
        using ITrainableModel generated = named.Create(seed: 1, new TrainableOptions { Threads = 1, LossAware = true });
        using var torch = new TorchTrainableModel(named.Spec, new TrainableOptions { LossAware = true });
        Assert.Equal(generated.Parameters.Select(Describe), torch.Parameters.Select(Describe));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Both_engines_set_the_same_thresholds_and_ranges(string name)
    {
        using EnginePair pair = EnginePair.Small(name);
        pair.Calibrate(TrainingBatches.Of(3, 7, 1));
        foreach ((Parameter expected, Parameter actual) in pair.Generated.Parameters.Zip(pair.Torch.Parameters))
        {
            Close.Assert(expected.Values, actual.Values, 1e-5, expected.Name);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Both_engines_have_the_same_traces_and_gradients(string name)
    {
        using EnginePair pair = EnginePair.Small(name);
        TrainingBatch batch = TrainingBatches.Of(3, 7, 1) with { HeadTokens = pair.Torch.Spec.HasPooler ? null : [0, 3, 4, 9] };
        pair.Calibrate(batch);
        pair.AssertAgree(batch, Tolerance);
    }

    private static string Describe(Parameter p) => $"{p.Name} {p.Kind} [{string.Join(", ", p.Shape)}] {p.IsTrained} {p.WantsCurvature}";
}
