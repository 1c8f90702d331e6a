using QuantGen.Sentences;
using QuantGen.Tasks;
using KernelSamples = QuantGen.Tests.Kernels.Samples;

namespace QuantGen.Tests.Sentences;

public sealed class SentenceHeadTests
{
    [Fact]
    public void Dense_layers_of_any_width_follow_one_another_where_the_caller_has_room()
    {
        int[] widths = [8, 3, 11, 5];
        SentenceLayer[] layers = [.. Enumerable.Range(0, 3).Select(i => new SentenceLayer(widths[i], widths[i + 1], HiddenActivation.Tanh, HasBias: i > 0))];
        float[][] weights = [.. layers.Select((layer, i) => KernelSamples.Normal(new Random(i), layer.Inputs * layer.Outputs))];
        float[][] biases = [.. layers.Select((layer, i) => layer.HasBias ? KernelSamples.Normal(new Random(10 + i), layer.Outputs) : [])];
        var encoding = new SentenceEncoding { Pooling = EmbeddingPooling.Mean | EmbeddingPooling.Max, Layers = new(layers), Normalize = false };
        var head = new SentenceHead(encoding, hiddenSize: 4, weights, biases);

        float[] hidden = KernelSamples.Normal(new Random(7), 3 * 4);
        float[] vector = new float[head.Width];
        head.Vector(hidden, skipped: 1, vector);

        double[] expected =
        [
            .. Enumerable.Range(0, 4).Select(d => (double)Math.Max(hidden[4 + d], hidden[8 + d])),
            .. Enumerable.Range(0, 4).Select(d => ((double)hidden[4 + d] + hidden[8 + d]) / 2),
        ];
        for (int i = 0; i < layers.Length; i++)
        {
            double[] inputs = expected;
            expected = [.. Enumerable.Range(0, layers[i].Outputs).Select(row => Math.Tanh(
                inputs.Select((x, column) => x * weights[i][(row * inputs.Length) + column]).Sum() + (biases[i].Length == 0 ? 0 : biases[i][row])))];
        }

        Assert.Equal(5, vector.Length);
        Assert.All(vector.Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 1e-5));
        Assert.Equal(head.Vector(hidden, skipped: 1), vector);
        Assert.Throws<ArgumentException>(() => head.Vector(hidden, skipped: 1, new float[8]));
    }
}
