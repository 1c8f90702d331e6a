using System.Text.Json;
using QuantGen.Kernels;
using QuantGen.Quantization;
using QuantGen.Tests;
using QuantGen.Trainable;
using QuantGen.Training.PostTraining.Solving;
using QuantGen.Training.PostTraining.Steps;

namespace QuantGen.Training.Tests.PostTraining;

/// <summary>Reconstruction after training against numbers worked out in double precision.</summary>
[Trait("Category", "Shared")]
public sealed class ReconstructionVectorTests
{
    private const double Tolerance = 1e-6;

    [Fact]
    public void Rounding_begins_at_the_weights_and_ends_at_the_nearest_codes()
    {
        JsonElement data = Case("AdaRound init: h(V)=fraction");
        float[] w = Floats(data, "w");
        var weight = new Parameter("w", ParameterKind.Weight, 1, w.Length);
        w.CopyTo(weight.Values, 0);
        float scale = data.GetProperty("delta").GetSingle();
        var grid = new QuantizedMatrix(new MatrixGrouping(1, w.Length), [8], [.. w.Select(_ => (byte)128)], [scale], null);
        var rounding = new RoundingWeights(weight, grid, startsAtCodes: false, threads: 1);
        AssertClose(Doubles(data, "V"), rounding.Choices.Values, 1e-5);
        AssertClose(Doubles(data, "h"), Shares(rounding.Choices.Values), Tolerance);
        rounding.Prepare();
        AssertClose(Doubles(data, "w_soft"), rounding.Values, Tolerance);
        rounding.IsHard = true;
        rounding.Prepare();
        AssertClose(Doubles(data, "w_hard"), rounding.Values, Tolerance);
        Assert.Equal(Doubles(data, "w_hard").Select(value => (byte)(128 + Math.Round(value / scale))), rounding.Codes().Codes);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(2)]
    public void Indecision_and_its_slope_agree(int beta)
    {
        JsonElement data = Case($"rounding regulariser beta={beta}");
        float[] shares = Shares(Floats(data, "V"));
        float[] slopes = [.. shares.Select(RectifiedSigmoid.Slope)];
        AssertClose(Doubles(data, "h"), shares, Tolerance);
        AssertClose(Doubles(data, "dh_dV"), slopes, Tolerance);
        AssertClose(Doubles(data, "f_reg"), [.. shares.Select(share => RectifiedSigmoid.Indecision(share, beta))], Tolerance);
        AssertClose(
            Doubles(data, "dfreg_dV"), [.. shares.Zip(slopes, (share, slope) => RectifiedSigmoid.IndecisionSlope(share, beta) * slope)], Tolerance);
    }

    [Theory]
    [InlineData(20, 1e-3)]
    [InlineData(2, 1e-6)]
    public void Gradients_of_choices_have_the_indecision_in_them(int beta, double tolerance)
    {
        JsonElement data = Case($"rounding regulariser beta={beta}");
        float[] v = Floats(data, "V");
        var weight = new Parameter("w", ParameterKind.Weight, 1, v.Length);
        var grid = new QuantizedMatrix(new MatrixGrouping(1, v.Length), [8], [.. v.Select(_ => (byte)128)], [1f], null);
        var rounding = new RoundingWeights(weight, grid, startsAtCodes: false, threads: 1) { Beta = beta, IndecisionWeight = 1f };
        v.CopyTo(rounding.Choices.Values, 0);
        rounding.Prepare();
        rounding.Clear();
        rounding.Finish();
        AssertClose(Doubles(data, "dfreg_dV"), rounding.Choices.Gradients, tolerance);
    }

    [Fact]
    public void Loss_of_a_block_is_summed_over_values_and_averaged_over_tokens()
    {
        JsonElement data = Case("BRECQ block losses (batch, features)");
        float[] z = Rows(data, "z");
        float[] rounded = Rows(data, "z_q");
        float[] gradients = Rows(data, "grad");
        Assert.Equal(data.GetProperty("mse_sum_features_mean_batch").GetDouble(), ReconstructionLoss.Value(rounded, z, [], 2), Tolerance);
        float[] squares = Array.ConvertAll(gradients, g => g * g);
        Assert.Equal(data.GetProperty("fisher_diag").GetDouble(), ReconstructionLoss.Value(rounded, z, squares, 2), Tolerance);
        float[] damped = Array.ConvertAll(gradients, g => (Math.Abs(g) + 1) * (Math.Abs(g) + 1));
        Assert.Equal(data.GetProperty("fisher_diag_code_abs_plus_1").GetDouble(), ReconstructionLoss.Value(rounded, z, damped, 2), Tolerance);

        // Ours divides by the mean magnitude first, that of these gradients is 0.175, and by the mean of the weights last.
        FisherWeights.Damp(gradients);
        Assert.Equal(1, gradients.Average(), 1e-6f);
        Assert.Equal(Math.Pow((0.2 / 0.175) + 1, 2), gradients[0] / gradients[3], 1e-5);
    }

    [Fact]
    public void Exponent_falls_as_the_schedule_says()
    {
        JsonElement data = Case("beta schedule T=20000 warmup 0.2 20->2");
        Assert.Equal(Doubles(data, "beta"), Doubles(data, "t").Select(t => RectifiedSigmoid.Beta((int)t, 20000)));
    }

    [Fact]
    public void Teacher_forcing_mixes_and_fades()
    {
        JsonElement data = Case("annealed teacher forcing");
        double last = data.GetProperty("T0").GetDouble();
        double[] shares = [.. Doubles(data, "t").Select(t => ModuleOptions.Fading((int)t, last))];
        Assert.Equal(Doubles(data, "lambda"), shares);
        JsonElement[] mixed = [.. data.GetProperty("mixed").EnumerateArray()];
        for (int i = 0; i < shares.Length; i++)
        {
            float[] rounded = Floats(data, "f_hat");
            LayerReconstruction.Mix(rounded, Floats(data, "f"), (float)shares[i]);
            AssertClose([.. mixed[i].EnumerateArray().Select(value => value.GetDouble())], rounded, Tolerance);
        }
    }

    [Fact]
    public void Layers_are_split_into_modules()
    {
        JsonElement ranges = Case("module partition L=12 N=4").GetProperty("ranges_inclusive_1_based");
        Assert.Equal(
            ranges.EnumerateArray().Select(range => (range[0].GetInt32() - 1, range[1].GetInt32() - range[0].GetInt32() + 1)), MremStep.Partition(12, 4));
        Assert.Equal([(0, 2), (2, 1)], MremStep.Partition(3, 2));
        Assert.Equal([(0, 1), (1, 1)], MremStep.Partition(2, 5));
    }

    private static JsonElement Case(string name)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(SharedFiles.Path("vectors/12_ptq_recon.json")));
        return document.RootElement.GetProperty("cases").EnumerateArray().Single(item => item.GetProperty("name").GetString() == name).Clone();
    }

    private static double[] Doubles(JsonElement data, string key) => [.. data.GetProperty(key).EnumerateArray().Select(value => value.GetDouble())];

    private static float[] Floats(JsonElement data, string key) => [.. data.GetProperty(key).EnumerateArray().Select(value => value.GetSingle())];

    private static float[] Rows(JsonElement data, string key) =>
        [.. data.GetProperty(key).EnumerateArray().SelectMany(row => row.EnumerateArray().Select(value => value.GetSingle()))];

    private static float[] Shares(float[] v)
    {
        float[] shares = [.. v];
        Elementwise.Apply<RectifiedSigmoid>(ref shares[0], shares.Length);
        return shares;
    }

    private static void AssertClose(double[] expected, float[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], tolerance);
        }
    }
}
