using System.Text.Json;
using QuantGen.Kernels;
using QuantGen.Lanes;

namespace QuantGen.Tests.Kernels;

public sealed class FunctionAccuracyTests
{
    [Fact]
    public void Exponential_is_within_two_units_in_the_last_place()
    {
        double worst = 0;
        for (float x = -87.33653f; x < 88.7228f; x += 0.000411f)
        {
            double expected = Math.Exp(x);
            double unit = Math.ScaleB(1, Math.ILogB(expected) - 23);
            worst = Math.Max(worst, Math.Abs(Exponential.Compute(LanesScalar.Broadcast(x))[0] - expected) / unit);
        }

        Assert.InRange(worst, 0.5, 1.5);
    }

    [Theory]
    [InlineData(0f, 1f)]
    [InlineData(-87.33654f, 0f)]
    [InlineData(-1e30f, 0f)]
    [InlineData(float.NegativeInfinity, 0f)]
    [InlineData(float.NaN, 0f)]
    public void Exponential_of_edge_values(float x, float expected) => Assert.Equal(expected, Exponential.Compute(LanesScalar.Broadcast(x))[0]);

    [Theory]
    [InlineData(88.72283f)]
    [InlineData(1000f)]
    [InlineData(float.PositiveInfinity)]
    public void Exponential_saturates_at_a_finite_value(float x) => Assert.InRange(Exponential.Compute(LanesScalar.Broadcast(x))[0], 3.4e38f, float.MaxValue);

    [Fact]
    public void Error_function_is_within_4e7()
    {
        double worst = Worst(-6, 6, 0.0000731, x => Erf.Compute(LanesScalar.Broadcast(x))[0], Samples.Erf, relative: false);
        Assert.InRange(worst, 1e-8, 4e-7);
    }

    [Fact]
    public void Error_function_reaches_one_and_stays()
    {
        Assert.Equal(1f, Erf.Compute(LanesScalar.Broadcast(3.9235f))[0]);
        Assert.Equal(1f, Erf.Compute(LanesScalar.Broadcast(float.PositiveInfinity))[0]);
        Assert.Equal(-1f, Erf.Compute(LanesScalar.Broadcast(-3.9235f))[0]);
        Assert.Equal(0f, Erf.Compute(LanesScalar.Broadcast(0f))[0]);
    }

    [Fact]
    public void Hyperbolic_tangent_is_within_2e7()
    {
        double worst = Worst(-20, 20, 0.000231, x => Tanh.Compute(LanesScalar.Broadcast(x))[0], Math.Tanh, relative: false);
        Assert.InRange(worst, 1e-8, 2e-7);
        Assert.Equal(1f, Tanh.Compute(LanesScalar.Broadcast(float.PositiveInfinity))[0]);
        Assert.Equal(0f, Tanh.Compute(LanesScalar.Broadcast(0f))[0]);
        Assert.True(float.IsNaN(Tanh.Compute(LanesScalar.Broadcast(float.NaN))[0]));
    }

    [Fact]
    public void Gelu_with_erf_is_within_3e7() => Assert.InRange(
        Worst(-30, 30, 0.000331, Through(Gelu.Erf), x => 0.5 * x * (1 + Samples.Erf(x / Math.Sqrt(2))), relative: true), 1e-8, 3e-7);

    [Fact]
    public void Gelu_with_tanh_is_within_3e7() => Assert.InRange(
        Worst(-30, 30, 0.000331, Through(Gelu.Tanh), NewGelu, relative: true), 1e-8, 3e-7);

    [Theory]
    [InlineData(-3f, -0.00404969409489031, -0.0036373920817729943)]
    [InlineData(-1f, -0.15865525393145707, -0.1588080093917233)]
    [InlineData(-0.1f, -0.0460172162722971, -0.04601724895456484)]
    [InlineData(0f, 0.0, 0.0)]
    [InlineData(0.5f, 0.34573123063700656, 0.34571400982514394)]
    [InlineData(2f, 1.9544997361036416, 1.954597694087775)]
    public void Gelu_of_worked_numbers(float x, double erfForm, double tanhForm)
    {
        Assert.Equal(erfForm, Through(Gelu.Erf)(x), 2e-7);
        Assert.Equal(tanhForm, Through(Gelu.Tanh)(x), 2e-7);
    }

    [Fact]
    public void Gelu_of_far_values_is_the_limit()
    {
        Assert.Equal(1e6f, Through(Gelu.Erf)(1e6f));
        Assert.Equal(0f, Through(Gelu.Erf)(-1e6f));
        Assert.Equal(1e6f, Through(Gelu.Tanh)(1e6f));
        Assert.Equal(0.0, Through(Gelu.Tanh)(-1e6f), 1e-30);
        Assert.True(float.IsNaN(Through(Gelu.Erf)(float.NaN)));
        Assert.True(float.IsNaN(Through(Gelu.Tanh)(float.NaN)));
    }

    [Fact]
    [Trait("Category", "Shared")]
    public void Gelu_matches_the_shared_vectors()
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(SharedFiles.Path("vectors/00_conventions.json")));
        JsonElement vectors = document.RootElement.GetProperty("cases").EnumerateArray()
            .Single(c => c.GetProperty("name").GetString()!.StartsWith("gelu", StringComparison.Ordinal));
        for (int i = 0; i < vectors.GetProperty("x").GetArrayLength(); i++)
        {
            float x = vectors.GetProperty("x")[i].GetSingle();
            Assert.Equal(vectors.GetProperty("gelu")[i].GetDouble(), Through(Gelu.Erf)(x), 1e-6);
            Assert.Equal(vectors.GetProperty("gelu_new")[i].GetDouble(), Through(Gelu.Tanh)(x), 1e-6);
        }
    }

    private delegate void InPlace(ref float values, int count);

    private static Func<float, float> Through(InPlace function) => x =>
    {
        function(ref x, 1);
        return x;
    };

    private static double NewGelu(double x) => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x))));

    private static double Worst(double from, double to, double step, Func<float, float> found, Func<double, double> expected, bool relative)
    {
        double worst = 0;
        for (double at = from; at < to; at += step)
        {
            float x = (float)at;
            double error = Math.Abs(found(x) - expected(x)) / (relative ? Math.Max(1, Math.Abs(x)) : 1);
            worst = Math.Max(worst, error);
        }

        return worst;
    }
}
