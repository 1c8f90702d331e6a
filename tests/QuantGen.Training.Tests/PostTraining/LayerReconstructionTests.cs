using QuantGen.Quantization;
using QuantGen.Specs;
using QuantGen.Trainable;
using QuantGen.Training.PostTraining.Solving;

namespace QuantGen.Training.Tests.PostTraining;

public sealed class LayerReconstructionTests
{
    private static readonly ModelSpec s_spec = TinyCheckpoint.Spec;

    [Fact]
    public void Gradients_of_the_input_are_the_slopes_of_the_loss()
    {
        using var pass = new TrainingPass(new TrainableOptions { Threads = 1 });
        var layer = new LayerNetwork(new LayerSource(s_spec, Weights, pass), 0);
        HiddenStates states = States(texts: 2);
        float[] weights = [.. Random(9, states.Values.Length)];
        pass.Begin(states.Batch([0, 1]), new ForwardOptions(ForwardPurpose.Evaluate));
        double Loss()
        {
            float[] output = new float[states.Values.Length];
            layer.Forward(states.Values, output);
            return output.Zip(weights, (y, w) => (double)y * w).Sum();
        }

        Loss();
        float[] gradient = [.. weights];
        layer.Backward(states.Values, gradient);
        foreach (int at in (int[])[0, 37, 100])
        {
            const float Step = 1e-2f;
            float value = states.Values[at];
            states.Values[at] = value + Step;
            double above = Loss();
            states.Values[at] = value - Step;
            double below = Loss();
            states.Values[at] = value;
            Assert.Equal((above - below) / (2 * Step), gradient[at], 2e-2);
        }
    }

    [Fact]
    public void Choices_learned_together_are_better_than_nearest_codes_whatever_the_threads()
    {
        (double nearest, double learned, byte[] codes) = Learn(threads: 1);
        Assert.True(learned < 0.9 * nearest, $"{learned} and {nearest}");
        (double _, double _, byte[] other) = Learn(threads: 2);
        Assert.Equal(codes, other);
    }

    private static (double Nearest, double Learned, byte[] Codes) Learn(int threads)
    {
        const int Steps = 150;
        const int Texts = 8;
        using var pass = new TrainingPass(new TrainableOptions { Threads = threads });
        HiddenStates states = States(texts: 24);
        var floats = new LayerSource(s_spec, Weights, pass);
        HiddenStates target = new LayerReconstruction([new LayerNetwork(floats, 0)], pass).Outputs(states, Texts, default)[0];
        LayerSource learned = floats with
        {
            Quantizer = (weight, matrix) => new RoundingWeights(weight, Grid(weight, matrix), startsAtCodes: false, threads),
        };
        var network = new LayerNetwork(learned, 0);
        var block = new LayerReconstruction([network], pass);
        RoundingWeights[] rounding = [.. network.Quantizers.Cast<RoundingWeights>()];
        Array.ForEach(rounding, weights => weights.IsHard = true);
        double nearest = block.Error(states, target, Texts, default);
        Array.ForEach(rounding, weights => weights.IsHard = false);
        var training = new RoundingTraining(rounding, [], new RoundingOptions(Steps, 0.03, 0.01f), threads);
        block.Train(
            new ReconstructionData(states, [target]), new TextOrder(states.Lengths(), Texts, seed: 42), Steps, training.Prepare, training.Step, default);
        training.Harden();
        return (nearest, block.Error(states, target, Texts, default), [.. rounding.SelectMany(weights => weights.Codes().Codes)]);
    }

    private static QuantizedMatrix Grid(Parameter weight, MatrixSpec matrix) => MatrixQuantizer.Quantize(
        weight.Values, matrix.Rows, matrix.Columns, new MatrixQuantizerOptions { Bits = 3, GroupCount = 4, Clipping = Clipping.Mse });

    private static HiddenStates States(int texts)
    {
        int[] starts = [.. Enumerable.Range(0, texts + 1).Select(text => text * 5)];
        return new HiddenStates([.. Random(5, starts[^1] * s_spec.Dimensions.HiddenSize)], starts, s_spec.Dimensions.HiddenSize);
    }

    private static float[] Weights(string name)
    {
        TensorSpec tensor = PackedLayout.Checkpoint(s_spec).Single(tensor => tensor.Name == name);
        float[] values = [.. Random(name.Length + name[14], (int)tensor.Count)];
        return name.EndsWith("LayerNorm.weight", StringComparison.Ordinal) ? Array.ConvertAll(values, value => 1f + (0.1f * value)) : values;
    }

    private static IEnumerable<float> Random(int seed, int count)
    {
        var random = new Random(seed);
        return Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f);
    }
}
