using System.Text.Json;
using QuantGen.Quantization;

namespace QuantGen.Tests.Quantization;

[Trait("Category", "Shared")]
public sealed class VectorFileTests
{
    [Fact]
    public void Conventions_agree()
    {
        JsonElement rounding = Case("00_conventions", "round half to even");
        CodeRange codes = CodeRange.For(Mapping.Asymmetric, 8);
        foreach ((double x, double expected) in Doubles(rounding, "x").Zip(Doubles(rounding, "round")))
        {
            // The largest double below a half is a half in float; the test of LinearQuantizer has its float neighbour.
            Assert.Equal(expected, LinearQuantizer.Quantize((float)x, new QuantizationParameters(1f, 8), codes) - 8);
        }
    }

    [Fact]
    public void Products_of_bits_agree()
    {
        JsonElement data = Case("00_conventions", "bit-plane dot products, n=8");
        float[] weights = [.. Doubles(data, "b_pm1").Select(b => (float)b)];
        Assert.Equal(data.GetProperty("dot_pm1").GetSingle(), Product("a_pm1", new ElasticBinarizer(1f, 0f, IsSigned: true)));
        Assert.Equal(data.GetProperty("dot_u_b").GetSingle(), Product("u_01", new ElasticBinarizer(1f, 0f, IsSigned: false)));

        // As kernels compute it: from the bits that differ and the sum of the weights.
        float Product(string name, ElasticBinarizer binarizer)
        {
            byte[] codes = [.. Doubles(data, name).Select(x => binarizer.Code((float)x))];
            int differing = codes.Zip(weights, (code, w) => code == BinaryQuantizer.Quantize(w) ? 0 : 1).Sum();
            return (codes.Length - (2 * differing) - (binarizer.ZeroPoint * (int)weights.Sum())) * binarizer.Step;
        }
    }

    [Fact]
    public void Q8bert_codes_agree()
    {
        foreach (int bits in (int[])[8, 4, 2])
        {
            JsonElement data = Case("03_q8bert", $"symmetric weight b={bits}");
            float[] x = [.. Doubles(data, "x").Select(v => (float)v)];
            QuantizedMatrix matrix = MatrixQuantizer.Quantize(x, 1, x.Length, new MatrixQuantizerOptions { Bits = bits });
            Assert.Equal(Doubles(data, "q"), matrix.Codes.Select(code => (double)code - (1 << (bits - 1))));
            AssertClose(Doubles(data, "x_hat"), Dequantize(matrix));
            Assert.Equal(data.GetProperty("scale").GetDouble(), 1 / matrix.Scales[0], 1e-4);
        }
    }

    [Fact]
    public void Binary_weights_agree()
    {
        JsonElement data = Case("05_binarybert", "BWN");
        float[] w = [.. Doubles(data, "w").Select(v => (float)v)];
        QuantizedMatrix matrix = MatrixQuantizer.Quantize(w, 1, w.Length, new MatrixQuantizerOptions { Bits = 1 });
        Assert.Equal(data.GetProperty("alpha").GetDouble(), matrix.Scales[0], 1e-5);
        AssertClose(Doubles(data, "w_b"), Dequantize(matrix));
    }

    [Fact]
    public void Qbert_groups_have_the_same_scales_and_differ_by_the_shift_of_the_zero_point()
    {
        foreach (int groups in (int[])[1, 2, 4])
        {
            JsonElement data = Case("09_qbert", $"group-wise 2-bit asymmetric, {groups} groups of output rows");
            float[] w = [.. Nested(data, "W").Select(v => (float)v)];
            double[] expected = [.. Nested(data, "W_hat")];
            double[] expectedCodes = [.. Nested(data, "codes")];
            QuantizedMatrix matrix = MatrixQuantizer.Quantize(
                w, 8, 6, new MatrixQuantizerOptions { Bits = 2, Mapping = Mapping.Asymmetric, GroupCount = groups });
            float[] actual = Dequantize(matrix);
            for (int i = 0; i < w.Length; i++)
            {
                int group = i / (48 / groups);
                QuantizationParameters parameters = matrix.Parameters(group);
                double low = expected[i] - (expectedCodes[i] * parameters.Scale);
                Assert.Equal(w.Skip(group * 48 / groups).Take(48 / groups).Min(), low, 1e-5);

                // The same code stands for values that differ by the rounding of the zero point, at most half a step;
                // the code itself may then differ by one.
                double shift = low + (parameters.ZeroPoint * (double)parameters.Scale);
                Assert.InRange(Math.Abs(shift), 0, (parameters.Scale / 2) + 1e-6);
                Assert.InRange(Math.Abs(matrix.Codes[i] - expectedCodes[i]), 0, 1);
                if (matrix.Codes[i] == (int)expectedCodes[i])
                {
                    Assert.Equal(expected[i] - shift, actual[i], 1e-5);
                }
            }
        }
    }

    [Fact]
    public void Model_sizes_agree()
    {
        ModelDimensions bert = ModelDimensions.BertBaseUncased;
        JsonElement counts = Case("17_model_size", "BERT-base parameter counts");
        Assert.Equal(counts.GetProperty("total").GetInt64(), bert.Total);
        Assert.Equal(counts.GetProperty("fp32_MiB").GetDouble(), SizeAccounting.FullPrecision(bert), 1e-9);
        AssertRows("KDLSQ", "bits", "MiB", bits => SizeAccounting.WeightsAndEmbedding(bert, bits, bits));
        AssertRows("TinyBERT", "bits", "MiB_without_fit_dense", bits => SizeAccounting.WeightsAndEmbedding(bert with { StoredLayers = 6 }, bits, bits));
        AssertRows("Q-BERT", "avg_bits", "total_MiB_emb8", bits => SizeAccounting.EncoderAndEmbeddings(bert, bits, 8));
        AssertRows("k-means", "bits", "MiB", bits => SizeAccounting.Codebooks(bert, (int)bits));
        Assert.Equal(Case("17_model_size", "BinaryBERT").GetProperty("MiB").GetDouble(), SizeAccounting.SplitBinary(bert), 1e-9);
        Assert.Equal(Case("17_model_size", "ALBERT").GetProperty("total").GetInt64(), ModelDimensions.AlbertBaseV2.Total);

        static void AssertRows(string name, string bitsKey, string sizeKey, Func<double, double> size)
        {
            foreach (JsonElement row in Case("17_model_size", name).GetProperty("rows").EnumerateArray())
            {
                Assert.Equal(row.GetProperty(sizeKey).GetDouble(), size(row.GetProperty(bitsKey).GetDouble()), 1e-9);
            }
        }
    }

    private static float[] Dequantize(QuantizedMatrix matrix)
    {
        float[] values = new float[matrix.Codes.Length];
        matrix.Dequantize(values);
        return values;
    }

    private static void AssertClose(IEnumerable<double> expected, float[] actual) =>
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-5));

    private static JsonElement Case(string file, string name)
    {
        byte[] json = File.ReadAllBytes(SharedFiles.Path($"vectors/{file}.json"));
        return JsonSerializer.Deserialize<JsonElement>(json).GetProperty("cases").EnumerateArray()
            .First(item => item.GetProperty("name").GetString()!.StartsWith(name, StringComparison.Ordinal));
    }

    private static IEnumerable<double> Doubles(JsonElement item, string key) => item.GetProperty(key).EnumerateArray().Select(v => v.GetDouble());

    private static IEnumerable<double> Nested(JsonElement item, string key) =>
        item.GetProperty(key).EnumerateArray().SelectMany(row => row.EnumerateArray()).Select(v => v.GetDouble());
}
