using System.Text.Json;
using QuantGen.Kernels;
using QuantGen.Quantization;
using QuantGen.Schemes;

namespace QuantGen.Tests.Quantization;

/// <summary>Trained quantizers against numbers worked out in double precision.</summary>
[Trait("Category", "Shared")]
public sealed class SchemeVectorTests
{
    private const double Tolerance = 1e-5;

    [Fact]
    public void Codes_values_and_threshold_gradients_of_learned_scales_agree()
    {
        foreach (int bits in (int[])[2, 4, 8])
        {
            JsonElement data = Case("01_lsq", $"kdlsq alpha form b={bits} weight");
            float[] v = Floats(data, "v");
            float alpha = data.GetProperty("alpha").GetSingle();
            SchemeFit fit = SchemeFit.Of(WeightFitter.Threshold, bits, v, alpha);
            float[] codes = new float[v.Length];
            fit.Center(v, codes);
            Assert.Equal(Doubles(data, "q"), codes.Select(c => (double)c));
            AssertClose(Doubles(data, "v_hat"), codes.Select(c => c * fit.Scale));
            double[] slopes = [.. v.Select((x, i) => (double)LsqQuantizer.AlphaSlope(x, codes[i], alpha, LsqQuantizer.Levels(bits)))];
            AssertClose(Doubles(data, "dvhat_dalpha"), slopes.Select(s => (float)s));
            Assert.Equal(data.GetProperty("grad_alpha").GetDouble(), slopes.Zip(Doubles(data, "grad_out"), (s, g) => s * g).Sum(), Tolerance);
        }
    }

    [Fact]
    public void Slopes_of_unsigned_levels_are_those_of_the_step_over_the_levels()
    {
        JsonElement data = Case("01_lsq", "lsq unsigned b=4");
        int levels = LsqQuantizer.Levels(4, isSigned: false);
        float alpha = data.GetProperty("s").GetSingle() * levels;
        IEnumerable<float> slopes = Floats(data, "v").Zip(Floats(data, "q"), (x, q) => LsqQuantizer.AlphaSlope(x, q, alpha, levels, isSigned: false));
        AssertClose(Doubles(data, "dvhat_ds").Select(s => s / levels), slopes);
    }

    [Fact]
    public void First_thresholds_agree()
    {
        JsonElement forty = Case("01_lsq", "Algorithm 1 gamma=0.05 n=40");
        Assert.Equal(forty.GetProperty("alpha").GetSingle(), AlgorithmOne.Threshold(Floats(forty, "x")));
        Assert.Equal(forty.GetProperty("s_b4").GetDouble(), LsqQuantizer.Scale(AlgorithmOne.Threshold(Floats(forty, "x")), LsqQuantizer.Levels(4)), Tolerance);
        Assert.Equal(2f, AlgorithmOne.Threshold(Floats(Case("01_lsq", "Algorithm 1 tiny tensor, k=0, high index clamped to n-1"), "x")));
        Assert.Equal(0.3f, AlgorithmOne.Threshold(Floats(Case("01_lsq", "Algorithm 1 constant tensor"), "x")));

        JsonElement zero = Case("01_lsq", "Algorithm 1 all-zero tensor, alpha floored at 1e-8");
        Assert.Equal(0f, AlgorithmOne.Threshold(Floats(zero, "x")));
        float[] codes = new float[5];
        SchemeFit.Of(WeightFitter.Threshold, 2, Floats(zero, "x"), alpha: 0f).Center(Floats(zero, "x"), codes);
        Assert.All(codes, code => Assert.Equal(0f, code));
        foreach (int levels in (int[])[1, 7])
        {
            JsonElement paper = Case("01_lsq", $"LSQ paper init Qp={levels}");
            Assert.Equal(paper.GetProperty("s0").GetDouble(), LsqQuantizer.MeanMagnitudeAlpha(Floats(paper, "w"), levels) / levels, Tolerance);
        }
    }

    [Fact]
    public void Largest_magnitude_scales_agree()
    {
        foreach (int bits in (int[])[2, 4, 8])
        {
            JsonElement data = Case("03_q8bert", $"symmetric weight b={bits}");
            AssertFit(data, "x", "q", SchemeFit.Of(WeightFitter.Range, bits, Floats(data, "x")), "x_hat");
        }
    }

    [Fact]
    public void Ternary_weight_networks_agree()
    {
        JsonElement layer = Case("04_ternarybert", "TWN layer-wise");
        float[] w = [.. Nested(layer, "W")];
        TernaryFit fit = TernaryQuantizer.Fit(w);
        Assert.Equal(layer.GetProperty("threshold").GetDouble(), fit.Threshold, Tolerance);
        Assert.Equal(layer.GetProperty("alpha").GetDouble(), fit.Scale, Tolerance);
        float[] codes = new float[w.Length];
        SchemeFit.Of(WeightFitter.Ternary, 2, w).Center(w, codes);
        Assert.Equal(Nested(layer, "b"), codes);

        JsonElement rows = Case("04_ternarybert", "TWN row-wise");
        for (int row = 0; row < 2; row++)
        {
            TernaryFit own = TernaryQuantizer.Fit(w.AsSpan(row * 4, 4));
            Assert.Equal(Doubles(rows, "threshold")[row], own.Threshold, Tolerance);
            Assert.Equal(Doubles(rows, "alpha")[row], own.Scale, Tolerance);
        }

        Assert.Equal(new TernaryFit(0f, 0f), TernaryQuantizer.Fit([0f, 0f, 0f]));
        Assert.Equal(0.2, TernaryQuantizer.Fit([-0.2f, -0.2f, -0.2f]).Scale, Tolerance);
    }

    [Fact]
    public void Loss_aware_ternarization_agrees()
    {
        JsonElement plain = Case("04_ternarybert", "LAQ ternary D=1");
        float[] ones = [.. Floats(plain, "w").Select(_ => 1f)];
        AssertFit(plain, "w", "b", SchemeFit.Of(WeightFitter.Ternary, 2, Floats(plain, "w"), curvature: ones), "w_hat");
        JsonElement weighted = Case("04_ternarybert", "LAQ ternary weighted D");
        AssertFit(weighted, "w", "b", SchemeFit.Of(WeightFitter.Ternary, 2, Floats(weighted, "w"), curvature: Floats(weighted, "D")), "w_hat");
    }

    [Fact]
    public void Binary_weight_networks_agree() =>
        AssertFit(Case("05_binarybert", "BWN"), "w", null, SchemeFit.Of(WeightFitter.Ternary, 1, Floats(Case("05_binarybert", "BWN"), "w")), "w_b");

    [Fact]
    public void Signs_around_the_mean_agree()
    {
        JsonElement item = Case("06_bibert", "row-wise binarization, mean-centred");
        for (int row = 0; row < 2; row++)
        {
            float[] w = [.. item.GetProperty("W")[row].EnumerateArray().Select(value => value.GetSingle())];
            SchemeFit fit = SchemeFit.Of(WeightFitter.CenteredSigns, 1, w);
            float[] codes = new float[w.Length];
            fit.Center(w, codes);
            Assert.Equal(item.GetProperty("alpha_row")[row].GetDouble(), fit.Scale, 1e-6);
            AssertClose([.. item.GetProperty("W_b")[row].EnumerateArray().Select(value => value.GetDouble())], codes.Select(code => code * fit.Scale));
        }
    }

    [Fact]
    public void Attention_by_signs_agrees()
    {
        JsonElement item = Case("06_bibert", "bi-attention no mask: score 0 gives 1 (paper) / 0 (released code)");
        float[] Rows(string name) => [.. item.GetProperty(name).EnumerateArray().SelectMany(row => row.EnumerateArray()).Select(value => value.GetSingle())];
        float[] query = Rows("Q");
        float[] key = Rows("K");
        float[] value = Rows("V");
        float[] context = new float[query.Length];
        float[] scratch = new float[Attention.ScratchFloats(3, 4)];
        BooleanAttention.Run(ref query[0], ref key[0], ref value[0], 4, 3, 3, 4, ref scratch[0], ref context[0], 4);
        Assert.Equal(Rows("context"), context);
    }

    [Fact]
    public void Ternary_weight_splitting_agrees()
    {
        AssertSplit(Case("05_binarybert", "TWS, a-formula sign derived"), Floats(Case("05_binarybert", "TWS, a-formula sign derived"), "w"));
        AssertSplit(Case("05_binarybert", "TWS fallback when a is out of range"), Floats(Case("05_binarybert", "TWS fallback when a is out of range"), "w"));
        JsonElement rows = Case("05_binarybert", "TWS row-wise (embedding)");
        for (int row = 0; row < 2; row++)
        {
            AssertSplit(rows.GetProperty("rows")[row], [.. rows.GetProperty("W")[row].EnumerateArray().Select(w => w.GetSingle())]);
        }
    }

    private static void AssertSplit(JsonElement data, float[] w)
    {
        float[] codes = new float[w.Length];
        SchemeFit fit = SchemeFit.Of(WeightFitter.Ternary, 2, w);
        fit.Center(w, codes);
        float[] first = new float[w.Length];
        float[] second = new float[w.Length];
        TernarySplit split = TernarySplit.Run(w, codes, first, second);
        Assert.Equal(data.GetProperty("a").GetDouble(), split.Share, 1e-6);
        Assert.Equal(data.GetProperty("b").GetDouble(), split.Offset, 1e-6);
        AssertClose(Doubles(data, "w1"), first);
        AssertClose(Doubles(data, "w2"), second);
        AssertClose(Doubles(data, "w_ternary"), first.Zip(second, (a, b) =>
            BinaryQuantizer.FakeQuantize(a, BinaryQuantizer.Scale(first)) + BinaryQuantizer.FakeQuantize(b, BinaryQuantizer.Scale(second))));
    }

    private static void AssertFit(JsonElement data, string values, string? codes, SchemeFit fit, string result)
    {
        float[] v = Floats(data, values);
        float[] centered = new float[v.Length];
        fit.Center(v, centered);
        if (codes is not null)
        {
            Assert.Equal(Doubles(data, codes), centered.Select(c => (double)c));
        }

        AssertClose(Doubles(data, result), centered.Select(c => c * fit.Scale));
    }

    private static void AssertClose(IEnumerable<double> expected, IEnumerable<float> actual)
    {
        foreach ((double e, float a) in expected.Zip(actual))
        {
            Assert.Equal(e, a, Tolerance);
        }
    }

    private static JsonElement Case(string file, string name)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(SharedFiles.Path($"vectors/{file}.json")));
        return document.RootElement.GetProperty("cases").EnumerateArray().Single(c => c.GetProperty("name").GetString() == name).Clone();
    }

    private static double[] Doubles(JsonElement data, string property) => [.. data.GetProperty(property).EnumerateArray().Select(v => v.GetDouble())];

    private static float[] Floats(JsonElement data, string property) => [.. Doubles(data, property).Select(v => (float)v)];

    private static IEnumerable<float> Nested(JsonElement data, string property) =>
        data.GetProperty(property).EnumerateArray().SelectMany(row => row.EnumerateArray()).Select(v => v.GetSingle());
}
