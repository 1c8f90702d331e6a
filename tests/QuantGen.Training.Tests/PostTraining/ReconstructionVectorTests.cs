using System.Text.Json;
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
        var rounding = new RoundingWeights(weight, grid, threads: 1);
        AssertClose(Doubles(data, "V"), rounding.Choices.Values, 1e-5);
        AssertClose(Doubles(data, "h"), [.. rounding.Choices.Values.Select(RectifiedSigmoid.Share)], Tolerance);
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
        float[] v = Floats(data, "V");
        (float Share, float Slope)[] shares = [.. v.Select(RectifiedSigmoid.WithSlope)];
        AssertClose(Doubles(data, "h"), [.. shares.Select(share => share.Share)], Tolerance);
        AssertClose(Doubles(data, "dh_dV"), [.. shares.Select(share => share.Slope)], Tolerance);
        AssertClose(Doubles(data, "f_reg"), [.. shares.Select(share => RectifiedSigmoid.Indecision(share.Share, beta))], Tolerance);
        AssertClose(Doubles(data, "dfreg_dV"), [.. shares.Select(share => RectifiedSigmoid.IndecisionSlope(share.Share, share.Slope, beta))], Tolerance);
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
        double[] shares = [.. Doubles(data, "t").Select(t => MremStep.Share((int)t, last))];
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

    private static void AssertClose(double[] expected, float[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], tolerance);
        }
    }
}
