using System.Globalization;
using System.Text.Json;
using QuantGen.Quantization;

namespace QuantGen.Tests.Quantization;

/// <summary>The arithmetic of I-BERT against numbers that its authors' code gave.</summary>
[Trait("Category", "Shared")]
public sealed class IntegerVectorTests
{
    [Fact]
    public void Gelu()
    {
        JsonElement item = Case("i-GELU");
        var gelu = new IntegerGelu(item.GetProperty("S").GetDouble());
        foreach (JsonElement row in item.GetProperty("rows").EnumerateArray())
        {
            long q = Integer(row, "q_in");
            Assert.Equal(Integer(row, "b_int"), gelu.Shift);
            Assert.Equal(Integer(row, "c_int"), gelu.Summand);
            Assert.Equal(Integer(row, "shift_int"), gelu.One);
            Assert.Equal(Integer(row, "erf_int"), gelu.Erf(q));
            Assert.Equal(Integer(row, "q_out"), gelu.Of(q));
            Assert.Equal(row.GetProperty("erf_scale").GetDouble(), gelu.ErfScale, 1e-18);
            Assert.Equal(row.GetProperty("S_out").GetDouble(), gelu.OutputScale, 1e-22);
            Assert.Equal(row.GetProperty("float_gelu").GetDouble(), gelu.Of(q) * gelu.OutputScale, 0.02);
        }
    }

    [Fact]
    public void Exponential()
    {
        JsonElement item = Case("i-exp");
        var exponential = new IntegerExponential(item.GetProperty("S").GetDouble());
        Assert.Equal(Integer(item, "x0_int"), exponential.Halving);
        foreach (JsonElement row in item.GetProperty("rows").EnumerateArray())
        {
            long q = Integer(row, "q_in");
            (int halvings, long rest) = exponential.Split(q);
            Assert.Equal((Integer(row, "z"), Integer(row, "r")), (halvings, rest));
            Assert.Equal(Integer(row, "poly_int"), exponential.Polynomial(rest));
            Assert.Equal(row.GetProperty("exp_int").GetString(), exponential.Of(q).ToString(CultureInfo.InvariantCulture));
            Assert.Equal(row.GetProperty("scale").GetDouble(), exponential.OutputScale, 1e-28);
        }
    }

    [Fact]
    public void Softmax()
    {
        JsonElement item = Case("i-softmax");
        double scale = item.GetProperty("S").GetDouble();
        int[] scores = [.. item.GetProperty("q_in").EnumerateArray().Select(value => value.GetInt32())];
        var exponential = new IntegerExponential(scale);
        long[] exponentials = [.. scores.Select(score => exponential.Of(score - scores.Max()))];
        byte[] probabilities = new byte[scores.Length];
        IntegerSoftmax.Of(scores, scale, probabilities);

        Assert.Equal(
            item.GetProperty("exp_int").EnumerateArray().Select(value => value.GetString()),
            exponentials.Select(value => value.ToString(CultureInfo.InvariantCulture)));
        int[] narrow = [.. exponentials.Select(value => IntegerSoftmax.ToSixteenBits(exponential, value))];
        Assert.Equal(item.GetProperty("exp16").EnumerateArray().Select(value => value.GetInt32()), narrow);
        Assert.Equal(Integer(item, "sum"), narrow.Sum());
        Assert.Equal(item.GetProperty("q_out").EnumerateArray().Select(value => (byte)value.GetInt32()), probabilities);
    }

    [Fact]
    public void Square_root()
    {
        foreach (JsonElement row in Case("Newton").GetProperty("rows").EnumerateArray())
        {
            Assert.Equal(Integer(row, "isqrt"), IntegerRoot.Of((ulong)Integer(row, "n"), out int iterations));
            Assert.Equal(Integer(row, "iterations"), iterations);
        }
    }

    [Fact]
    public void Layer_norm()
    {
        JsonElement item = Case("i-LayerNorm");
        int[] row = [.. item.GetProperty("q_in").EnumerateArray().Select(value => value.GetInt32())];
        long[] normalized = new long[row.Length];
        (long mean, long deviation, long factor) = IntegerLayerNorm.Normalize(row, shift: 0, normalized);

        Assert.Equal((Integer(item, "mean_int"), Integer(item, "std_int"), Integer(item, "factor")), (mean, deviation, factor));
        Assert.Equal(Integers(item, "y_norm_int"), normalized);
        Assert.Equal(item.GetProperty("norm_scale").GetDouble(), IntegerLayerNorm.Scale(row.Length), 1e-20);
        double[] gamma = [.. item.GetProperty("gamma").EnumerateArray().Select(value => value.GetDouble())];
        double[] beta = [.. item.GetProperty("beta").EnumerateArray().Select(value => value.GetDouble())];
        long[] summands = [.. gamma.Zip(beta, (g, b) => IntegerLayerNorm.Summand(g, b, row.Length))];
        Assert.Equal(Integers(item, "bias_int"), summands);
        Assert.Equal(Integers(item, "q_out"), normalized.Zip(summands, (y, b) => y + b));
    }

    [Fact]
    public void Dyadic_numbers()
    {
        foreach (JsonElement row in Case("dyadic").GetProperty("rows").EnumerateArray())
        {
            Dyadic dyadic = Dyadic.Of(row.GetProperty("ratio").GetDouble());
            Assert.Equal((Integer(row, "m"), Integer(row, "e")), (dyadic.Multiplier, dyadic.Shift));

            // Exact halves go up here, and to the even number there.
            Assert.InRange(dyadic.Apply(Integer(row, "q")) - Integer(row, "unclamped"), 0, 1);
        }
    }

    private static long Integer(JsonElement item, string key) => item.GetProperty(key).GetInt64();

    private static IEnumerable<long> Integers(JsonElement item, string key) => item.GetProperty(key).EnumerateArray().Select(value => value.GetInt64());

    private static JsonElement Case(string name) =>
        JsonSerializer.Deserialize<JsonElement>(File.ReadAllBytes(SharedFiles.Path("vectors/10_ibert.json"))).GetProperty("cases").EnumerateArray()
            .First(item => item.GetProperty("name").GetString()!.StartsWith(name, StringComparison.Ordinal));
}
