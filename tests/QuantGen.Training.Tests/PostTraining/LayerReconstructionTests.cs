using QuantGen.Quantization;
using QuantGen.Specs;
using QuantGen.Trainable;
using QuantGen.Training.Optimization;
using QuantGen.Training.PostTraining.Solving;

namespace QuantGen.Training.Tests.PostTraining;

public sealed class LayerReconstructionTests
{
    private static readonly ModelSpec s_spec = TinyCheckpoint.Spec;

    [Fact]
    public void Gradients_of_the_input_are_the_slopes_of_the_loss()
    {
        using var pass = new TrainingPass(new TrainableOptions { Threads = 1 });
        var layer = new LayerNetwork(s_spec, 0, Weights, (_, _) => null, pass);
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
        using var pass = new TrainingPass(new TrainableOptions { Threads = threads });
        HiddenStates states = States(texts: 24);
        HiddenStates target = new LayerReconstruction([new LayerNetwork(s_spec, 0, Weights, (_, _) => null, pass)], pass).Outputs(states, default)[0];
        LayerNetwork Network() => new(s_spec, 0, Weights, (weight, matrix) => new RoundingWeights(weight, Grid(weight, matrix), threads), pass);
        LayerNetwork network = Network();
        var block = new LayerReconstruction([network], pass) { TextsAtOnce = 8 };
        RoundingWeights[] rounding = [.. network.Quantizers.Cast<RoundingWeights>()];
        Array.ForEach(rounding, weights => weights.IsHard = true);
        double nearest = block.Error(states, target, default);
        Array.ForEach(rounding, weights => weights.IsHard = false);
        network.Parameters.ForEach(parameter => parameter.IsTrained = false);
        var options = new OptimizerOptions { LearningRate = 0.03, WeightDecay = 0, MaxGradientNorm = double.MaxValue };
        var optimizer = new AdamOptimizer([.. network.Parameters, .. rounding.Select(weights => weights.Choices)], options, threads);
        block.Train(
            (states, states), [target], optimizer, Steps,
            step => Array.ForEach(rounding, weights => weights.Beta = step < Steps / 5 ? 0f : (float)RectifiedSigmoid.Beta(step, Steps)),
            () => Array.ForEach(rounding, weights => weights.Finish(0.01f)), _ => (1, 0), default);
        Array.ForEach(rounding, weights => weights.IsHard = true);
        return (nearest, block.Error(states, target, default), [.. rounding.SelectMany(weights => weights.Codes().Codes)]);
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
