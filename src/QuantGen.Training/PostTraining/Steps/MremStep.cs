using QuantGen.Quantization;
using QuantGen.Schemes;
using QuantGen.Specs;
using QuantGen.Trainable;
using QuantGen.Training.Optimization;
using QuantGen.Training.PostTraining.Solving;

namespace QuantGen.Training.PostTraining.Steps;

/// <summary>Trains weights, thresholds, biases and normalizations of a few layers at a time until their outputs are the full-precision ones (MREM).</summary>
/// <remarks>Bai et al., 2021: modules in sequence, with teacher forcing that fades through the first half of the steps.</remarks>
/// <param name="values">The settings.</param>
internal sealed class MremStep(StepValues values) : IRecipeStep
{
    private readonly int _steps = values.GetWhole("steps");
    private readonly double _rate = values.Get("learning_rate");
    private readonly int _texts = values.GetWhole("batch");
    private readonly int _modules = values.GetWhole("modules");
    private readonly double _forced = values.Get("forced");

    /// <summary>What the step may be told.</summary>
    public static StepOption[] Options { get; } =
    [
        new("steps", 600, 1, 1_000_000, IsWhole: true), new("learning_rate", 2e-4, 1e-7, 1), new("batch", 32, 1, 4096, IsWhole: true),
        new("modules", 2, 1, 1000, IsWhole: true), new("forced", 0.5, 0, 1),
    ];

    /// <summary>Says why the step cannot make a model; null when it can.</summary>
    public static string? Refusal(ModelSpec spec) => LayerInputs.Refusal(spec)
        ?? (spec.Matrices.FirstOrDefault(matrix => matrix.HasIntegerProduct && (matrix.GroupSize != 0 || matrix.HasZeroPoints)) is MatrixSpec matrix
            ? $"'{matrix.Name}' has scales along inputs or zero points, which are not trained" : null);

    /// <summary>Splits layers into modules that follow each other: the first and the number of each, the longer ones first.</summary>
    public static (int First, int Count)[] Partition(int layers, int modules)
    {
        int count = Math.Min(layers, modules);
        var parts = new (int First, int Count)[count];
        for (int i = 0, first = 0; i < count; i++)
        {
            parts[i] = (first, (layers / count) + (i < layers % count ? 1 : 0));
            first += parts[i].Count;
        }

        return parts;
    }

    /// <summary>Gets the share of full-precision input at a step.</summary>
    public static double Share(int step, double last) => last == 0 ? 0 : Math.Max(0, 1 - (step / last));

    public void Run(RecipeState state, IProgress<double>? progress, CancellationToken cancellation)
    {
        HiddenStates full = LayerInputs.Collect(state, state.Weights, cancellation);
        WorkingWeights words = state.Weights.Copy();
        words.Replace(PackedLayout.WordEmbedding + ".weight", state.RoundedWords(cancellation));
        HiddenStates rounded = LayerInputs.Collect(state, words, cancellation);
        var jobs = state.UniformMatrices().ToDictionary(job => job.Matrix.Name, StringComparer.Ordinal);
        using var pass = new TrainingPass(new TrainableOptions { Threads = state.Threads });
        (int First, int Count)[] modules = Partition(state.Target.Dimensions.Layers, _modules);
        for (int module = 0; module < modules.Length; module++)
        {
            int[] layers = [.. Enumerable.Range(modules[module].First, modules[module].Count)];
            LayerNetwork[] original = [.. layers.Select(layer => new LayerNetwork(state.Target, layer, state.Weights.Read, (_, _) => null, pass))];
            HiddenStates[] targets = new LayerReconstruction(original, pass) { TextsAtOnce = _texts }.Outputs(full, cancellation);
            var thresholds = new List<Parameter>();
            LayerNetwork[] trained =
            [
                .. layers.Select(layer => new LayerNetwork(
                    state.Target, layer, state.Weights.Read,
                    (weight, matrix) => jobs.TryGetValue(matrix.Name, out WeightJob? job) ? Quantizer(weight, job, thresholds, cancellation) : null,
                    pass)),
            ];
            var block = new LayerReconstruction(trained, pass) { TextsAtOnce = _texts };
            double done = module;
            Train(trained, thresholds, block, (rounded, full), targets, step => progress?.Report((done + ((double)step / _steps)) / modules.Length),
                cancellation);
            (full, rounded) = (targets[^1], block.Outputs(rounded, cancellation)[^1]);
            Keep(state, trained, thresholds);
        }
    }

    private static ScaledWeights Quantizer(Parameter weight, WeightJob job, List<Parameter> thresholds, CancellationToken cancellation)
    {
        MatrixSpec matrix = job.Matrix;
        float[] scales = job.Fit(weight.Values, cancellation).Scales;
        var alpha = new Parameter(weight.Name + "_alpha", ParameterKind.WeightScale, matrix.GroupCount);
        for (int group = 0; group < scales.Length; group++)
        {
            alpha.Values[group] = scales[group] * LsqQuantizer.Levels(matrix.BitsOf(group));
        }

        thresholds.Add(alpha);
        var options = new TrainableOptions { Scheme = Scheme.Lsq };
        return new ScaledWeights(new QuantizedParameter(weight, matrix, WeightSchemes.Of(Scheme.Lsq), alpha, null, options));
    }

    private static void Keep(RecipeState state, LayerNetwork[] trained, List<Parameter> thresholds)
    {
        var alphas = thresholds.ToDictionary(parameter => parameter.Name, StringComparer.Ordinal);
        foreach (Parameter parameter in trained.SelectMany(network => network.Parameters))
        {
            state.Weights.Replace(parameter.Name, parameter.Values);
            if (alphas.TryGetValue(parameter.Name + "_alpha", out Parameter? alpha))
            {
                MatrixSpec matrix = state.Target.Matrix(parameter.Name[..^".weight".Length]);
                state.SetCodes(matrix.Name, SchemeQuantizer.Quantize(matrix, WeightFitter.Threshold, parameter.Values, alpha.Values));
            }
        }
    }

    private void Train(
        LayerNetwork[] networks, List<Parameter> thresholds, LayerReconstruction block, (HiddenStates, HiddenStates) inputs, HiddenStates[] targets,
        Action<int> report, CancellationToken cancellation)
    {
        var options = new OptimizerOptions { LearningRate = _rate, WeightDecay = 0, WeightScaleDecay = 0, MaxGradientNorm = double.MaxValue };
        var optimizer = new AdamOptimizer([.. networks.SelectMany(network => network.Parameters), .. thresholds], options, block.Threads);
        block.Train(
            inputs,
            targets,
            optimizer,
            _steps,
            report,
            () =>
            {
                foreach (WeightQuantizer quantizer in networks.SelectMany(network => network.Quantizers))
                {
                    quantizer.Finish();
                }
            },
            step => (1 - ((double)step / _steps), Share(step, _forced * _steps)),
            cancellation);
    }
}
