using System.Text.Json;
using QuantGen.Quantization;

namespace QuantGen.Tests.Quantization;

/// <summary>Ranges that nothing moves, as FullyQT has them.</summary>
[Trait("Category", "Shared")]
public sealed class OffsetVectorTests
{
    [Theory]
    [InlineData("uniform eq 5.7-5.8", 8)]
    [InlineData("zeros: ReLU/softmax", 8)]
    public void Codes_values_and_gradients_agree(string name, int bits)
    {
        JsonElement data = Case(name);
        QuantizationParameters range = QuantizationParameters.Offset(Single(data, "xmin"), Single(data, "xmax"), bits);
        CodeRange codes = CodeRange.For(Mapping.Offset, bits);
        float[] x = [.. Doubles(data, "x").Select(v => (float)v)];
        byte[] found = Array.ConvertAll(x, v => LinearQuantizer.Quantize(v, range, codes));

        Assert.Equal(data.GetProperty("s").GetDouble(), range.Scale, 1e-6);
        Assert.Equal(Doubles(data, "q"), found.Select(code => (double)code));
        AssertClose(Doubles(data, "x_hat"), found.Select(code => LinearQuantizer.Dequantize(code, range)));
        if (data.TryGetProperty("grad_mask", out JsonElement mask))
        {
            Assert.Equal(mask.EnumerateArray().Select(v => v.GetDouble() == 1), x.Select(v => LinearQuantizer.IsInside(v, range, codes)));
        }
    }

    [Fact]
    public void A_bucket_for_each_row_is_a_group_for_each_row()
    {
        JsonElement data = Case("bucketing 4-bit");
        JsonElement[] rows = [.. data.GetProperty("W").EnumerateArray()];
        float[] weights = [.. rows.SelectMany(row => row.EnumerateArray()).Select(v => v.GetSingle())];
        JsonElement[] expected = [.. data.GetProperty("rows").EnumerateArray()];

        QuantizedMatrix perRow = Quantize(weights, rows.Length, groups: rows.Length);
        Assert.Equal(expected.SelectMany(row => Doubles(row, "q")), perRow.Codes.Select(code => (double)code));
        AssertClose(expected.SelectMany(row => Doubles(row, "hat")), Values(perRow));
        AssertClose(expected.Select(row => row.GetProperty("s").GetDouble()), perRow.Scales);

        QuantizedMatrix whole = Quantize(weights, rows.Length, groups: 1);
        AssertClose(
            data.GetProperty("whole_tensor_hat").EnumerateArray().SelectMany(row => row.EnumerateArray()).Select(v => v.GetDouble()), Values(whole));
    }

    [Fact]
    public void A_range_follows_the_batches()
    {
        JsonElement data = Case("EMA");
        (float Low, float High)? range = null;
        foreach ((double high, double expected) in Doubles(data, "batch_max").Zip(Doubles(data, "ema")))
        {
            range = MovingRange.Next(range, (-(float)high, (float)high));
            Assert.Equal(expected, range.Value.High, 1e-6);
            Assert.Equal(-expected, range.Value.Low, 1e-6);
        }
    }

    private static QuantizedMatrix Quantize(float[] weights, int rows, int groups) => MatrixQuantizer.Quantize(
        weights, rows, weights.Length / rows, new MatrixQuantizerOptions { Bits = 4, GroupCount = groups, Mapping = Mapping.Offset });

    private static float[] Values(QuantizedMatrix matrix)
    {
        float[] values = new float[matrix.Codes.Length];
        matrix.Dequantize(values);
        return values;
    }

    private static void AssertClose(IEnumerable<double> expected, IEnumerable<float> found)
    {
        Assert.Equal(expected.Count(), found.Count());
        Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
    }

    private static float Single(JsonElement data, string name) => data.GetProperty(name).GetSingle();

    private static IEnumerable<double> Doubles(JsonElement data, string name) => data.GetProperty(name).EnumerateArray().Select(v => v.GetDouble());

    private static JsonElement Case(string name) =>
        JsonSerializer.Deserialize<JsonElement>(File.ReadAllBytes(SharedFiles.Path("vectors/11_fullyqt.json"))).GetProperty("cases").EnumerateArray()
            .First(item => item.GetProperty("name").GetString()!.StartsWith(name, StringComparison.Ordinal));
}
