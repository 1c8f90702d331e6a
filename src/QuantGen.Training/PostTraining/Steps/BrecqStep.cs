using QuantGen.Specs;
using QuantGen.Trainable;
using QuantGen.Training.Optimization;
using QuantGen.Training.PostTraining.Solving;

namespace QuantGen.Training.PostTraining.Steps;

/// <summary>Decides for every weight whether it goes up or down, layer by layer, so that each layer's outputs stay as they were (BRECQ).</summary>
/// <remarks>Li et al., ICLR 2021, with AdaRound's relaxation; a block is a layer, the loss its squared distance on what rounded layers hand on.</remarks>
/// <param name="values">The settings.</param>
internal sealed class BrecqStep(StepValues values) : IRecipeStep
{
    private const float IndecisionWeight = 0.01f;

    private readonly int _steps = values.GetWhole("steps");
    private readonly double _rate = values.Get("learning_rate");
    private readonly int _texts = values.GetWhole("batch");

    /// <summary>What the step may be told.</summary>
    public static StepOption[] Options { get; } =
    [
        new("steps", 600, 1, 1_000_000, IsWhole: true), new("learning_rate", 0.01, 1e-6, 1), new("batch", 32, 1, 4096, IsWhole: true),
    ];

    public void Run(RecipeState state, IProgress<double>? progress, CancellationToken cancellation)
    {
        HiddenStates full = LayerInputs.Collect(state, state.Weights, cancellation);
        WorkingWeights words = state.Weights.Copy();
        words.Replace(PackedLayout.WordEmbedding + ".weight", state.RoundedWords(cancellation));
        HiddenStates rounded = LayerInputs.Collect(state, words, cancellation);
        var jobs = state.UniformMatrices().ToDictionary(job => job.Matrix.Name, StringComparer.Ordinal);
        using var pass = new TrainingPass(new TrainableOptions { Threads = state.Threads });
        int layers = state.Target.Dimensions.Layers;
        for (int layer = 0; layer < layers; layer++)
        {
            var original = new LayerNetwork(state.Target, layer, state.Weights.Read, (_, _) => null, pass);
            HiddenStates target = new LayerReconstruction([original], pass) { TextsAtOnce = _texts }.Outputs(full, cancellation)[0];
            var network = new LayerNetwork(
                state.Target, layer, state.Weights.Read,
                (weight, matrix) => matrix.HasIntegerProduct
                    ? new RoundingWeights(weight, jobs[matrix.Name].Fit(weight.Values, cancellation), state.Threads) : null,
                pass);
            var block = new LayerReconstruction([network], pass) { TextsAtOnce = _texts };
            int before = layer;
            Train(network, block, (rounded, full), target, step => progress?.Report((before + ((double)step / _steps)) / layers), cancellation);
            foreach (RoundingWeights weights in network.Quantizers.Cast<RoundingWeights>())
            {
                state.SetCodes(weights.Weight.Name[..^".weight".Length], weights.Codes());
            }

            (full, rounded) = (target, block.Outputs(rounded, cancellation)[0]);
        }
    }

    private void Train(
        LayerNetwork network, LayerReconstruction block, (HiddenStates, HiddenStates) inputs, HiddenStates target, Action<int> report,
        CancellationToken cancellation)
    {
        RoundingWeights[] rounding = [.. network.Quantizers.Cast<RoundingWeights>()];
        network.Parameters.ForEach(parameter => parameter.IsTrained = false);
        var options = new OptimizerOptions { LearningRate = _rate, WeightDecay = 0, MaxGradientNorm = double.MaxValue };
        var optimizer = new AdamOptimizer([.. network.Parameters, .. rounding.Select(weights => weights.Choices)], options, block.Threads);
        block.Train(
            inputs,
            [target],
            optimizer,
            _steps,
            step =>
            {
                // Nothing pushes choices apart while the loss still moves them far.
                float beta = step < _steps / 5 ? 0f : (float)RectifiedSigmoid.Beta(step, _steps);
                Array.ForEach(rounding, weights => weights.Beta = beta);
                report(step);
            },
            () => Array.ForEach(rounding, weights => weights.Finish(IndecisionWeight)),
            _ => (1, 0),
            cancellation);
        Array.ForEach(rounding, weights => weights.IsHard = true);
    }
}
