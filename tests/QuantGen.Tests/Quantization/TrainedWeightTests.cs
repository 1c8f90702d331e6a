using System.Runtime.InteropServices;
using System.Text.Json;
using QuantGen.Quantization;

namespace QuantGen.Tests.Quantization;

[Trait("Category", "Shared")]
public sealed class TrainedWeightTests
{
    [Theory]
    [InlineData(2, Mapping.Symmetric, 6.0)]
    [InlineData(2, Mapping.Asymmetric, 5.0)]
    [InlineData(3, Mapping.Symmetric, 2.0)]
    [InlineData(4, Mapping.Symmetric, 0.5)]
    [InlineData(4, Mapping.Asymmetric, 0.5)]
    [InlineData(8, Mapping.Symmetric, 0.0)]
    public void Smallest_error_gains_over_min_max_on_every_trained_matrix(int bits, Mapping mapping, double leastGainDb)
    {
        double least = double.PositiveInfinity;
        foreach ((string name, int rows, int columns, float[] values) in LinearWeights())
        {
            var options = new MatrixQuantizerOptions { Bits = bits, Mapping = mapping };
            double full = MatrixQuantizer.Quantize(values, rows, columns, options).SignalToNoiseDb(values);
            double clipped = MatrixQuantizer.Quantize(values, rows, columns, options with { Clipping = Clipping.Mse }).SignalToNoiseDb(values);
            Assert.True(clipped >= full, $"{name}: {clipped} dB against {full} dB");
            least = Math.Min(least, clipped - full);
        }

        Assert.True(least >= leastGainDb, $"the least gain is {least} dB");
    }

    [Fact]
    public void Two_bits_leave_no_more_error_than_ternary_weight_networks()
    {
        foreach ((string name, int rows, int columns, float[] values) in LinearWeights())
        {
            // Ternary weight networks: threshold 0.7 mean|w|, scale the mean of the magnitudes above it.
            double threshold = 0.7 * values.Average(w => Math.Abs((double)w));
            double alpha = values.Where(w => Math.Abs(w) > threshold).Average(w => Math.Abs((double)w));
            double noise = values.Sum(w => Math.Pow(w - (Math.Abs(w) > threshold ? Math.Sign(w) * alpha : 0), 2));
            double ternary = 10 * Math.Log10(values.Sum(w => (double)w * w) / noise);

            var options = new MatrixQuantizerOptions { Bits = 2, Clipping = Clipping.Mse };
            double found = MatrixQuantizer.Quantize(values, rows, columns, options).SignalToNoiseDb(values);
            Assert.True(found >= ternary, $"{name}: {found} dB against {ternary} dB");
        }
    }

    /// <summary>Returns the encoder's linear weights of the sentiment checkpoint.</summary>
    private static IEnumerable<(string Name, int Rows, int Columns, float[] Values)> LinearWeights()
    {
        byte[] file = File.ReadAllBytes(SharedFiles.Path("models/sst2/model.safetensors"));
        int headerLength = (int)BitConverter.ToInt64(file);
        foreach (JsonProperty tensor in JsonSerializer.Deserialize<JsonElement>(file.AsSpan(8, headerLength)).EnumerateObject())
        {
            if (!tensor.Name.Contains("encoder.layer", StringComparison.Ordinal) || tensor.Value.GetProperty("shape").GetArrayLength() != 2)
            {
                continue;
            }

            int[] shape = [.. tensor.Value.GetProperty("shape").EnumerateArray().Select(v => v.GetInt32())];
            int start = tensor.Value.GetProperty("data_offsets")[0].GetInt32();
            int end = tensor.Value.GetProperty("data_offsets")[1].GetInt32();
            float[] values = MemoryMarshal.Cast<byte, float>(file.AsSpan(8 + headerLength + start, end - start)).ToArray();
            yield return (tensor.Name, shape[0], shape[1], values);
        }
    }
}
