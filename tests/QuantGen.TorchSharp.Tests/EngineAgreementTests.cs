using QuantGen.IntegrationTests.Trainable;
using QuantGen.Specs;
using QuantGen.TestModels.Trainable;
using QuantGen.Trainable;

namespace QuantGen.TorchSharp.Tests;

/// <summary>Both engines on small models of every scheme and every head.</summary>
public sealed class EngineAgreementTests
{
    private const double Tolerance = 1e-3;

    public static TheoryData<string> Names => [.. TrainableTestModel.All.Where(model => !IsRefused(model.Spec)).Select(model => model.Name)];

    public static TheoryData<string> Refused => [.. TrainableTestModel.All.Where(model => IsRefused(model.Spec)).Select(model => model.Name)];

    [Theory]
    [MemberData(nameof(Refused))]
    public void Weights_of_one_bit_and_positions_in_codes_are_refused_by_name(string name)
    {
        TrainableTestModel named = TrainableTestModel.Named(name);
        ArgumentException error = Assert.Throws<ArgumentException>(() => new TorchTrainableModel(named.Spec, named.Options(new TrainableOptions())));
        Assert.Contains(named.Spec.PositionBits == 8 ? "Embeddings of positions" : "of one bit", error.Message, StringComparison.Ordinal);
        Assert.Contains("are trained by generated code only", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Both_engines_have_the_same_parameters(string name)
    {
        TrainableTestModel named = TrainableTestModel.Named(name);
        using ITrainableModel generated = named.Create(seed: 1, new TrainableOptions { Threads = 1, LossAware = true });
        using var torch = new TorchTrainableModel(named.Spec, named.Options(new TrainableOptions { LossAware = true }));
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
        pair.Calibrate(TrainingBatches.Of(3, 7, 1));
        int[]? headTokens = pair.Torch.Spec.IsPooled ? null : [0, 3, 4, 9];
        pair.RunSameCodes(seed => Ragged(seed) with { HeadTokens = headTokens }, wanted: 3, () => pair.AssertAgree(Tolerance));
    }

    [Theory]
    [InlineData("BertMax")]
    [InlineData("BertTernary")]
    public void Both_engines_move_running_ranges_alike(string name)
    {
        using EnginePair pair = EnginePair.Small(name);
        pair.Calibrate(TrainingBatches.Of(2, 5));
        for (int length = 1; length < 6; length++)
        {
            pair.Run(TrainingBatches.Of(length, 9, 2));
        }

        foreach ((Parameter expected, Parameter actual) in pair.Generated.Parameters.Zip(pair.Torch.Parameters)
            .Where(p => p.First.Kind == ParameterKind.RunningRange))
        {
            Close.Assert(expected.Values, actual.Values, 1e-5, expected.Name);
        }
    }

    [Theory]
    [InlineData("BertTernary")]
    [InlineData("BertLsq")]
    public void Both_engines_quantize_by_the_same_options(string name)
    {
        using EnginePair pair = EnginePair.Small(name, new TrainableOptions
        {
            LossAware = true,
            ScaleGradientFactor = true,
            SymmetricProbabilities = true,
            ScaleInitialization = ScaleInitialization.MeanMagnitude,
        });
        var random = new Random(4);
        foreach (Parameter parameter in pair.Generated.Parameters.Where(p => p.WantsCurvature))
        {
            parameter.Curvature = [.. parameter.Values.Select(_ => 0.1f + random.NextSingle())];
            pair.Torch.Parameters.Single(p => p.Name == parameter.Name).Curvature = parameter.Curvature;
        }

        pair.Calibrate(TrainingBatches.Of(3, 7, 1));
        pair.RunSameCodes(Ragged, wanted: 3, () => pair.AssertAgree(Tolerance));
    }

    [Theory]
    [InlineData("BertMasked")]
    [InlineData("AlbertLsq")]
    public void Both_engines_run_batches_that_ask_for_no_outputs(string name)
    {
        using EnginePair pair = EnginePair.Small(name);
        pair.Calibrate(TrainingBatches.Of(3, 7, 1));
        pair.RunSameCodes(seed => Ragged(seed) with { HeadTokens = [] }, wanted: 2, () => pair.AssertAgree(Tolerance));
    }

    [Theory]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    [InlineData(false, false, true)]
    [InlineData(false, false, false)]
    public void Both_engines_have_the_same_gradients_of_losses_that_see_only_a_part(bool hidden, bool scores, bool logits)
    {
        using EnginePair pair = EnginePair.Small("Bert32");
        pair.Run(TrainingBatches.Of(3, 7, 1), (hidden, scores, logits));
        pair.AssertAgree(Tolerance);
    }

    [Theory]
    [InlineData("Bert32", "embeddings,0")]
    [InlineData("Bert32", "embeddings,0-1,pooler")]
    [InlineData("BertTernary", "1")]
    [InlineData("BertLsq", "embeddings,0-1")]
    [InlineData("AlbertLsq", "0-2")]
    [InlineData("BertMasked", "embeddings")]
    [InlineData("BertClusters", "0")]
    public void Both_engines_leave_out_the_gradients_of_frozen_parts(string name, string list)
    {
        using EnginePair pair = EnginePair.Small(name);
        var parts = FrozenParts.Parse(list, pair.Torch.Spec);
        foreach (Parameter parameter in pair.Generated.Parameters.Concat(pair.Torch.Parameters).Where(parameter => parts.Contains(parameter.Name)))
        {
            parameter.IsFrozen = true;
        }

        pair.Calibrate(TrainingBatches.Of(3, 7, 1));
        pair.RunSameCodes(Ragged, wanted: 2, () => pair.AssertAgree(Tolerance));
        Assert.All(pair.Torch.Parameters, parameter => Assert.Equal(parts.Contains(parameter.Name), parameter.Gradients.Length == 0));
    }

    [Fact]
    public void A_backward_pass_may_follow_an_evaluation_more_than_once()
    {
        using EnginePair pair = EnginePair.Small("Bert32");
        pair.Torch.Forward(TrainingBatches.Of(3, 7, 1), new ForwardOptions(ForwardPurpose.Evaluate));
        TraceLosses.Begin(pair.Torch);
        TraceLosses.Mixture(pair.Torch);
        pair.Torch.Backward();
        float[] once = pair.Torch.Parameters[0].Gradients.ToArray();
        pair.Torch.Backward();
        Assert.Equal(Array.ConvertAll(once, gradient => 2 * gradient), pair.Torch.Parameters[0].Gradients);
    }

    private static TrainingBatch Ragged(int seed) => TrainingBatches.Of(3 + (seed % 7), 7, 1, 2 + (seed / 7));

    private static string Describe(Parameter p) => $"{p.Name} {p.Kind} [{string.Join(", ", p.Shape)}] {p.IsTrained} {p.WantsCurvature}";

    private static bool IsRefused(ModelSpec spec) => spec.PositionBits == 8 || spec.EmbeddingBits == 1 || spec.Matrices.Any(matrix => matrix.Bits == 1);
}
