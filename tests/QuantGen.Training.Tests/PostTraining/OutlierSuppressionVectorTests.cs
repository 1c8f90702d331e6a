using System.Text.Json;
using QuantGen.Kernels;
using QuantGen.Quantization;
using QuantGen.Schemes;
using QuantGen.Tests;
using QuantGen.Trainable;
using QuantGen.Training.PostTraining.Solving;
using QuantGen.Training.PostTraining.Steps;

namespace QuantGen.Training.Tests.PostTraining;

/// <summary>Outlier Suppression against numbers worked out in double precision.</summary>
[Trait("Category", "Shared")]
public sealed class OutlierSuppressionVectorTests
{
    private const double Tolerance = 1e-5;

    [Fact]
    public void Migrated_factors_reach_weights_and_residuals()
    {
        JsonElement data = Case("gamma migration equivalence");
        float[] gamma = Floats(data.GetProperty("gamma"));
        float[] beta = Floats(data.GetProperty("beta"));
        float[] divisors = GammaMigrationStep.Divisors(gamma);
        Assert.Equal(gamma, divisors);
        float[] weights = [.. data.GetProperty("W").EnumerateArray().SelectMany(Floats)];
        ScaleMigration.MultiplyColumns(weights, divisors);
        AssertClose(data.GetProperty("W_migrated").EnumerateArray().SelectMany(Floats), weights);
        ScaleMigration.Divide(gamma, divisors);
        ScaleMigration.Divide(beta, divisors);
        Assert.All(gamma, gain => Assert.Equal(1f, gain));
        float[] bias = Floats(data.GetProperty("bias"));
        for (int token = 0; token < 2; token++)
        {
            float[] x = Floats(data.GetProperty("x")[token]);
            LayerNorm.Normalize(ref x[0], ref gamma[0], ref beta[0], 1e-12f, x.Length, ref x[0]);
            AssertClose(Floats(data.GetProperty("ln_nonscaling")[token]), x);
            AssertClose(Floats(data.GetProperty("y")[token]), bias.Select((b, row) => b + x.Select((v, i) => v * weights[(row * x.Length) + i]).Sum()));
            ScaleMigration.MultiplyColumns(x, divisors);
            AssertClose(Floats(data.GetProperty("shortcut")[token]), x);
        }
    }

    [Fact]
    public void Clipping_keeps_the_tokens_within_a_quantile()
    {
        JsonElement data = Case("token-wise coarse clipping");
        float[][] tokens = [.. data.GetProperty("tokens").EnumerateArray().Select(Floats)];
        float[] highs = [.. tokens.Select(token => token.Max())];
        float[] lows = [.. tokens.Select(token => token.Min())];
        Assert.Equal(Floats(data.GetProperty("o_u")), highs);
        Assert.Equal(Floats(data.GetProperty("o_l")), lows);
        foreach (JsonElement row in data.GetProperty("rows").EnumerateArray())
        {
            (float low, float high) = TokenClipping.Clip(highs, lows, row.GetProperty("alpha").GetDouble());
            Assert.Equal(row.GetProperty("code_upper").GetSingle(), high);
            Assert.Equal(row.GetProperty("code_lower").GetSingle(), low);
        }

        (float least, float most) = TokenClipping.Clip(highs, lows, 1);
        Assert.Equal(
            data.GetProperty("rows")[0].GetProperty("step_6bit").GetDouble(), new QuantizationRange(least, most).Asymmetric(6).Scale, Tolerance);
    }

    [Fact]
    public void Grid_of_shares_depends_on_bits_and_the_tokens_of_a_batch()
    {
        foreach (JsonElement row in Case("alpha grid: step and iteration count").GetProperty("rows").EnumerateArray())
        {
            double step = TokenClipping.Step(row.GetProperty("batch").GetInt32() * row.GetProperty("seq").GetInt32());
            Assert.Equal(row.GetProperty("step").GetDouble(), step, 1e-9);
            foreach (JsonProperty count in row.GetProperty("iters").EnumerateObject())
            {
                Assert.Equal(count.Value.GetInt32(), TokenClipping.Count(TokenClipping.UsualSpan(int.Parse(count.Name)), step));
            }
        }
    }

    // Zero points stay where calibration put them; the factor of the gradient is that of a setting, and left out here.
    [Fact]
    public void Scales_and_values_have_the_gradients_of_codes_off_zero()
    {
        JsonElement data = Case("LSQ+ fake-quant gradients");
        int bits = data.GetProperty("bits").GetInt32();
        var given = new QuantizationParameters(data.GetProperty("s").GetSingle(), (int)data.GetProperty("zero_point").GetDouble());
        var stored = new StoredRange("site", given, bits);
        var range = new SiteRange(
            "site", 1, bits, ActivationSide.Learned, stored.Threshold, new TrainableOptions { ScaleGradientFactor = false }, [given.ZeroPoint]);
        float[] values = Floats(data.GetProperty("v"));
        var site = new TrainableSite(range, values.Length);
        using var pass = new TrainingPass(new TrainableOptions { Threads = 1 });
        pass.Begin(new TrainingBatch([0], [0], [0, 1]), new ForwardOptions(ForwardPurpose.Evaluate));
        float[] codes = site.Quantize(pass, values, rows: 1, use: 0).Values[..values.Length].ToArray();
        AssertClose(Floats(data.GetProperty("q")), [.. codes.Select(code => code + given.ZeroPoint)]);
        AssertClose(Floats(data.GetProperty("v_hat")), [.. codes.Select(code => code * given.Scale)]);
        float[] gradient = Floats(data.GetProperty("grad_out"));
        site.Backward(pass, values, rows: 1, use: 0, gradient);
        AssertClose(Floats(data.GetProperty("grad_v")), gradient);
        double expected = data.GetProperty("grad_s").GetDouble() / data.GetProperty("grad_factor").GetDouble() / LsqQuantizer.Levels(bits);
        Assert.Equal(expected, stored.Threshold.Gradients[0], 1e-4);
    }

    private static JsonElement Case(string name)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(SharedFiles.Path("vectors/13_outlier_suppression.json")));
        return document.RootElement.GetProperty("cases").EnumerateArray().Single(item => item.GetProperty("name").GetString() == name).Clone();
    }

    private static float[] Floats(JsonElement list) => [.. list.EnumerateArray().Select(value => value.GetSingle())];

    private static void AssertClose(IEnumerable<float> expected, IEnumerable<float> actual)
    {
        foreach ((float e, float a) in expected.Zip(actual, (e, a) => (e, a)))
        {
            Assert.Equal(e, a, Tolerance);
        }
    }
}
