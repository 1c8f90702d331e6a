using QuantGen.Quantization;
using QuantGen.Trainable;
using QuantGen.Training.Optimization;
using QuantGen.Training.PostTraining.Solving;

namespace QuantGen.Training.PostTraining.Steps;

/// <summary>Decides for every weight whether it goes up or down, block by block, so that each block's outputs stay as they were (BRECQ).</summary>
/// <remarks>
/// Li et al., ICLR 2021, with AdaRound's relaxation. A block is a layer or half of one; its inputs come from blocks that are rounded already, its targets from
/// the full-precision model. Codes that an earlier step found are where choices begin. Stored ranges of activations learn once the choices are made.
/// </remarks>
/// <param name="values">The settings.</param>
internal sealed class BrecqStep(StepValues values) : IRecipeStep
{
    private readonly RoundingOptions _options = new(values.GetWhole("steps"), values.Get("learning_rate"), (float)values.Get("indecision"))
    {
        BiasLearningRate = values.Get("bias_learning_rate"),
    };

    private readonly int _rangeSteps = values.GetWhole("range_steps");
    private readonly double _rangeRate = values.Get("range_learning_rate");
    private readonly int _texts = values.GetWhole("batch");
    private readonly bool _halves = values.GetWhole("halves") == 1;
    private readonly bool _fisher = values.GetWhole("fisher") == 1;

    /// <summary>What the step may be told.</summary>
    public static StepOption[] Options { get; } =
    [
        new("steps", 600, 1, 1_000_000, IsWhole: true), new("learning_rate", 0.2, 1e-6, 10), new("indecision", 0.1, 0, 1000),
        new("bias_learning_rate", 1e-3, 0, 1),
        new("batch", 32, 1, 4096, IsWhole: true), new("halves", 0, 0, 1, IsWhole: true), new("fisher", 0, 0, 1, IsWhole: true),
        new("range_steps", 100, 0, 1_000_000, IsWhole: true), new("range_learning_rate", 0.01, 1e-6, 1),
    ];

    public void Run(RecipeState state, IProgress<double>? progress, CancellationToken cancellation)
    {
        if (state.PartsDone < Blocks(state.Target.Dimensions.Layers).Count())
        {
            RoundLayers(state, progress, cancellation);
        }

        // What is in no layer, as a pooler, is a block of one matrix.
        MatrixStages.Round(
            state, (weights, grid, moments, pass) => MomentRounding.Run(weights, grid, moments, _options, pass, cancellation), progress: null, cancellation);
    }

    private void RoundLayers(RecipeState state, IProgress<double>? progress, CancellationToken cancellation)
    {
        (HiddenStates full, HiddenStates rounded) = LayerInputs.AfterParts(state, cancellation);
        using var pass = new TrainingPass(new TrainableOptions { Threads = state.Threads });
        var floats = new LayerSource(state.Target, state.Weights.Read, pass);
        LayerSource learned = Learned(state, floats, cancellation);
        Func<LayerSource, LayerPart>[] blocks = [.. Blocks(state.Target.Dimensions.Layers)];
        for (int block = state.PartsDone; block < blocks.Length; block++)
        {
            HiddenStates target = new LayerReconstruction([blocks[block](floats)], pass).Outputs(full, _texts, cancellation)[0];
            LayerPart part = blocks[block](learned);
            var reconstruction = new LayerReconstruction([part], pass);
            RoundingWeights[] choices = [.. part.Quantizers.Cast<RoundingWeights>()];
            LayerPart[] Behind() => [.. blocks[(block + 1)..].Select(make => make(floats))];
            HiddenStates? weights = _fisher && HeadNetwork.Of(floats) is HeadNetwork head
                ? Weights(reconstruction, choices, Behind(), head, pass, (rounded, target), cancellation) : null;
            double done = block;
            Train(
                reconstruction, part, choices, new ReconstructionData(rounded, [target], weights), state,
                share => progress?.Report((done + share) / blocks.Length), cancellation);
            (full, rounded) = (target, reconstruction.Outputs(rounded, _texts, cancellation)[0]);
            LayerInputs.PartDone(state, full, rounded);
        }
    }

    private static LayerSource Learned(RecipeState state, LayerSource floats, CancellationToken cancellation)
    {
        var jobs = state.UniformMatrices().ToDictionary(job => job.Matrix.Name, StringComparer.Ordinal);
        return floats with
        {
            Range = state.RangeOf,
            Quantizer = (weight, matrix) => !jobs.TryGetValue(matrix.Name, out WeightJob? job) ? null
                : state.Codes.TryGetValue(matrix.Name, out QuantizedMatrix? found) ? new RoundingWeights(weight, found, startsAtCodes: true, state.Threads)
                : new RoundingWeights(weight, job.Fit(weight.Values, cancellation), startsAtCodes: false, state.Threads),
        };
    }

    private void Train(
        LayerReconstruction reconstruction, LayerPart part, RoundingWeights[] choices, ReconstructionData data, RecipeState state, Action<double> report,
        CancellationToken cancellation)
    {
        var order = new TextOrder(data.Input.Lengths(), _texts, (ulong)state.Texts.Options.Seed);
        Parameter[] others = [.. part.Parameters.Where(parameter => _options.BiasLearningRate > 0 && parameter.IsTrained)];
        var training = new RoundingTraining(choices, others, _options, state.Threads);
        reconstruction.Train(
            data, order, _options.Steps,
            step =>
            {
                training.Prepare(step);
                report((double)step / _options.Steps);
            },
            training.Step, cancellation);
        training.Harden();
        Array.ForEach(others, parameter => state.Weights.Replace(parameter.Name, parameter.Values));
        foreach (RoundingWeights own in choices)
        {
            state.SetCodes(own.Weight.Name[..^".weight".Length], own.Codes());
        }

        if (part.Ranges.Count > 0 && _rangeSteps > 0)
        {
            var rates = new OptimizerOptions { ActivationScaleLearningRate = _rangeRate, ActivationScaleDecay = 0, MaxGradientNorm = double.MaxValue };
            var optimizer = new AdamOptimizer([.. part.Ranges.Select(range => range.Threshold)], rates, state.Threads);
            reconstruction.Train(
                data, order, _rangeSteps, _ => { }, step => optimizer.Step(0.5 * (1 + Math.Cos(Math.PI * step / _rangeSteps))), cancellation);
            part.Ranges.ForEach(range => state.SetRange(range.Site, [range.Parameters]));
        }
    }

    private HiddenStates Weights(
        LayerReconstruction block, RoundingWeights[] choices, LayerPart[] behind, HeadNetwork head, TrainingPass pass,
        (HiddenStates Rounded, HiddenStates Target) states, CancellationToken cancellation)
    {
        Array.ForEach(choices, own => own.IsHard = true);
        HiddenStates outputs = block.Outputs(states.Rounded, _texts, cancellation)[0];
        Array.ForEach(choices, own => own.IsHard = false);
        return new FisherWeights(new LayerReconstruction(behind, pass), head, pass).Find(outputs, states.Target, _texts, cancellation);
    }

    private IEnumerable<Func<LayerSource, LayerPart>> Blocks(int layers) => Enumerable.Range(0, layers).SelectMany(layer => _halves
        ? new Func<LayerSource, LayerPart>[]
        {
            source => new AttentionHalf(source, layer, source.Kept()), source => new FeedForwardHalf(source, layer, source.Kept()),
        }
        : [source => new LayerNetwork(source, layer)]);
}
