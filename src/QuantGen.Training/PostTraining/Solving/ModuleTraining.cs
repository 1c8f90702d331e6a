using QuantGen.Quantization;
using QuantGen.Schemes;
using QuantGen.Specs;
using QuantGen.Trainable;
using QuantGen.Training.Optimization;

namespace QuantGen.Training.PostTraining.Solving;

/// <summary>Neighbouring layers that are trained, weights and all, until their outputs are the full-precision ones (MREM).</summary>
internal sealed class ModuleTraining
{
    private readonly LayerNetwork[] _layers;
    private readonly List<Parameter> _thresholds = [];
    private readonly LayerReconstruction _block;
    private readonly AdamOptimizer _optimizer;
    private readonly ModuleOptions _options;

    /// <summary>Makes a module whose weights are the full-precision ones.</summary>
    /// <param name="source">What its layers are made of.</param>
    /// <param name="layers">The layers.</param>
    /// <param name="grid">Gets the ranges of a weight's codes; null for a matrix that has none.</param>
    /// <param name="options">How it is trained.</param>
    public ModuleTraining(LayerSource source, IEnumerable<int> layers, Func<Parameter, MatrixSpec, QuantizedMatrix?> grid, ModuleOptions options)
    {
        LayerSource trained = source with { Quantizer = (weight, matrix) => grid(weight, matrix) is QuantizedMatrix own ? Scaled(weight, matrix, own) : null };
        _layers = [.. layers.Select(layer => new LayerNetwork(trained, layer))];
        _block = new LayerReconstruction(_layers, source.Pass);
        _options = options;
        var rates = new OptimizerOptions
        {
            LearningRate = options.LearningRate,
            WeightScaleLearningRate = options.LearningRate,
            ActivationScaleLearningRate = 10 * options.LearningRate,
            ActivationScaleDecay = 0,
            WeightDecay = 0,
            WeightScaleDecay = 0,
            MaxGradientNorm = double.MaxValue,
        };
        _optimizer = new AdamOptimizer([.. Parameters, .. _thresholds, .. Ranges.Select(range => range.Threshold)], rates, source.Pass.Team.Workers);
    }

    /// <summary>Gets the trained tensors.</summary>
    public IEnumerable<Parameter> Parameters => _layers.SelectMany(layer => layer.Parameters);

    /// <summary>Gets the trained ranges of activations.</summary>
    public IEnumerable<StoredRange> Ranges => _layers.SelectMany(layer => layer.Ranges);

    /// <summary>Gets the last layer's outputs of the last step.</summary>
    public float[] Output => _block.Output;

    /// <summary>Makes a step.</summary>
    /// <param name="data">Input and targets, those that the full-precision layers have.</param>
    /// <param name="input">What enters for these texts; none for the data's.</param>
    /// <param name="full">What enters the full-precision module.</param>
    /// <param name="step">The number of the step.</param>
    /// <param name="texts">Its texts.</param>
    public void Step(ReconstructionData data, ReadOnlySpan<float> input, HiddenStates full, int step, int[] texts)
    {
        _block.Begin(full, texts);
        if (input.IsEmpty)
        {
            data.Input.Gather(texts, _block.Input);
        }
        else
        {
            input[.._block.Input.Length].CopyTo(_block.Input);
        }

        if (_options.Forced(step) is > 0 and double share)
        {
            _block.Force(full, texts, (float)share);
        }

        _block.Forward();
        _block.Backward(data, texts);
        _optimizer.Step(1 - ((double)step / _options.Steps));
    }

    /// <summary>Computes what the trained module hands on.</summary>
    public HiddenStates HandOn(HiddenStates input, int textsAtOnce, CancellationToken cancellation) => _block.Outputs(input, textsAtOnce, cancellation)[^1];

    /// <summary>Gets the codes of a trained weight; null for a tensor that has none.</summary>
    public QuantizedMatrix? Codes(Parameter parameter, ModelSpec spec) =>
        _thresholds.Find(threshold => threshold.Name == ThresholdOf(parameter)) is Parameter alpha
            ? SchemeQuantizer.Quantize(spec.Matrix(parameter.Name[..^".weight".Length]), WeightFitter.Threshold, parameter.Values, alpha.Values) : null;

    private static string ThresholdOf(Parameter weight) => weight.Name + "_alpha";

    private ScaledWeights Scaled(Parameter weight, MatrixSpec matrix, QuantizedMatrix grid)
    {
        var alpha = new Parameter(ThresholdOf(weight), ParameterKind.WeightScale, matrix.GroupCount);
        for (int group = 0; group < grid.Scales.Length; group++)
        {
            alpha.Values[group] = grid.Scales[group] * LsqQuantizer.Levels(matrix.BitsOf(group));
        }

        _thresholds.Add(alpha);
        var options = new TrainableOptions { Scheme = Scheme.Lsq };
        return new ScaledWeights(new QuantizedParameter(weight, matrix, WeightSchemes.Of(Scheme.Lsq), alpha, null, options));
    }
}
