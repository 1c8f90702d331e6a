using System.Text.Json;
using QuantGen.Tests;
using QuantGen.Trainable;
using QuantGen.Training.Optimization;

namespace QuantGen.Training.Tests.Optimization;

public sealed class AdamOptimizerTests
{
    [Theory]
    [Trait("Category", "Shared")]
    [InlineData(OptimizerKind.AdamW, "adamw_bias_corrected_eps_1e-8")]
    [InlineData(OptimizerKind.BertAdam, "bertadam_no_bias_correction_eps_1e-6")]
    public void Two_steps_are_those_of_the_vectors(OptimizerKind kind, string key)
    {
        using JsonDocument vectors = JsonDocument.Parse(File.ReadAllBytes(SharedFiles.Path("vectors/00_conventions.json")));
        JsonElement expected = vectors.RootElement.GetProperty("cases").EnumerateArray().Single(item => item.TryGetProperty(key, out _)).GetProperty(key);
        var parameter = new Parameter("w", ParameterKind.Weight, 20);
        Array.Fill(parameter.Values, 0.3f);
        var optimizer = new AdamOptimizer([parameter], new OptimizerOptions { Kind = kind, MaxGradientNorm = 100 }, 1);
        foreach (JsonElement value in expected.EnumerateArray())
        {
            Array.Fill(parameter.Gradients, 0.2f);
            optimizer.Step(1);
            Assert.All(parameter.Values, actual => Assert.Equal(value.GetDouble(), actual, 1e-7));
            Assert.All(parameter.Gradients, gradient => Assert.Equal(0, gradient));
        }
    }

    [Fact]
    [Trait("Category", "Shared")]
    public void Schedule_is_that_of_the_vectors()
    {
        using JsonDocument vectors = JsonDocument.Parse(File.ReadAllBytes(SharedFiles.Path("vectors/00_conventions.json")));
        JsonElement item = vectors.RootElement.GetProperty("cases").EnumerateArray().Single(item => item.TryGetProperty("warmup", out _));
        var schedule = new LinearSchedule(item.GetProperty("total").GetInt64(), item.GetProperty("warmup").GetInt64());
        long[] steps = [.. item.GetProperty("step").EnumerateArray().Select(step => step.GetInt64())];
        double[] expected = [.. item.GetProperty("multiplier").EnumerateArray().Select(value => value.GetDouble())];
        Assert.Equal(expected, steps.Select(schedule.Multiplier));
    }

    [Fact]
    public void Schedule_without_warm_up_starts_at_the_full_rate() =>
        Assert.Equal([1, 0.75, 0], new long[] { 0, 1, 4 }.Select(new LinearSchedule(4, 0).Multiplier));

    [Theory]
    [InlineData(ParameterKind.Weight, 5e-5, 0.01)]
    [InlineData(ParameterKind.Embedding, 5e-5, 0.01)]
    [InlineData(ParameterKind.Bias, 5e-5, 0)]
    [InlineData(ParameterKind.LayerNorm, 5e-5, 0)]
    [InlineData(ParameterKind.WeightScale, 1e-3, 2e-5)]
    [InlineData(ParameterKind.ActivationScale, 3e-2, 1e-4)]
    [InlineData(ParameterKind.Centroids, 5e-4, 0)]
    public void Learning_rate_and_decay_go_by_kind(ParameterKind kind, double rate, double decay)
    {
        (double learningRate, double actualDecay) = new OptimizerOptions().GroupOf(kind);
        Assert.Equal(rate, learningRate, 1e-12);
        Assert.Equal(decay, actualDecay);
    }

    [Fact]
    public void Gradients_of_all_parameters_are_clipped_together()
    {
        // The first moment of the first step is a tenth of the clipped gradient; 3, 4, 12 have the norm 13.
        Parameter[] parameters = [new("a", ParameterKind.Weight, 2), new("b", ParameterKind.Bias, 1)];
        var optimizer = new AdamOptimizer(parameters, new OptimizerOptions(), 1);
        parameters[0].Gradients[0] = 3;
        parameters[0].Gradients[1] = 4;
        parameters[1].Gradients[0] = 12;
        Assert.Equal(13, optimizer.Step(1).GradientNorm, 1e-12);
        float[] first = [.. optimizer.Moments.Where(moment => moment.Key.EndsWith(".first", StringComparison.Ordinal)).SelectMany(moment => moment.Value)];
        Assert.Equal([0.3 / 13, 0.4 / 13, 1.2 / 13], first.Select(value => Math.Round((double)value, 12)).ToArray(), (x, y) => Math.Abs(x - y) < 1e-6);
    }

    [Fact]
    public void BertAdam_clips_each_parameter_on_its_own()
    {
        Parameter[] parameters = [new("a", ParameterKind.Weight, 2), new("b", ParameterKind.Bias, 1)];
        var optimizer = new AdamOptimizer(parameters, new OptimizerOptions { Kind = OptimizerKind.BertAdam }, 1);
        parameters[0].Gradients[0] = 3;
        parameters[0].Gradients[1] = 4;
        parameters[1].Gradients[0] = 0.5f;
        optimizer.Step(1);
        float[] first = [.. optimizer.Moments.Where(moment => moment.Key.EndsWith(".first", StringComparison.Ordinal)).SelectMany(moment => moment.Value)];
        Assert.Equal([0.06, 0.08, 0.05], first.Select(value => (double)value).ToArray(), (x, y) => Math.Abs(x - y) < 1e-6);
    }

    [Theory]
    [InlineData(ParameterKind.WeightScale)]
    [InlineData(ParameterKind.ActivationScale)]
    public void Thresholds_stay_positive(ParameterKind kind)
    {
        var parameter = new Parameter("alpha", kind, 1);
        parameter.Values[0] = 1e-4f;
        parameter.Gradients[0] = 1;
        new AdamOptimizer([parameter], new OptimizerOptions(), 1).Step(1);
        Assert.Equal(AdamOptimizer.SmallestScale, parameter.Values[0]);
    }

    [Fact]
    public void Parameters_that_are_not_trained_keep_their_values()
    {
        Parameter[] parameters = [new("frozen", ParameterKind.Weight, 1) { IsTrained = false }, new("range", ParameterKind.RunningRange, 1)];
        var optimizer = new AdamOptimizer(parameters, new OptimizerOptions(), 1);
        Array.ForEach(parameters, parameter => parameter.Gradients[0] = 1);
        Assert.Equal(0, optimizer.Step(1).GradientNorm);
        Assert.All(parameters, parameter => Assert.Equal((0f, 0f), (parameter.Values[0], parameter.Gradients[0])));
        Assert.Empty(optimizer.Moments);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Step_with_a_gradient_that_is_not_finite_changes_nothing(float bad)
    {
        Parameter[] parameters = [new("a", ParameterKind.Weight, 100), new("b", ParameterKind.Weight, 3)];
        var optimizer = new AdamOptimizer(parameters, new OptimizerOptions(), 1);
        Array.Fill(parameters[1].Gradients, 1);
        parameters[0].Gradients[99] = bad;
        Assert.True(optimizer.Step(1).IsSkipped);
        Assert.Equal(0, optimizer.Steps);
        Assert.All(parameters.SelectMany(parameter => parameter.Values.Concat(parameter.Gradients)), value => Assert.Equal(0, value));
    }

    [Fact]
    public void Curvature_is_the_root_of_the_corrected_second_moment()
    {
        var parameter = new Parameter("w", ParameterKind.Weight, 3) { WantsCurvature = true };
        var optimizer = new AdamOptimizer([parameter], new OptimizerOptions { MaxGradientNorm = 10 }, 1);
        for (int step = 0; step < 2; step++)
        {
            parameter.Gradients[0] = 0.5f;
            parameter.Gradients[1] = -0.25f;
            optimizer.Step(1);
        }

        Assert.Equal([0.5, 0.25, 1e-8], parameter.Curvature!.Select(value => (double)value).ToArray(), (x, y) => Math.Abs(x - y) < 1e-6);
        float[] before = [.. parameter.Curvature!];
        parameter.Curvature = null;
        optimizer.Resume(optimizer.Steps);
        Assert.Equal(before, parameter.Curvature);
    }
}
