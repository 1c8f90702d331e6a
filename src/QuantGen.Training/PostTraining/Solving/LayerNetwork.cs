using QuantGen.Graph;
using QuantGen.Schemes;
using QuantGen.Specs;
using QuantGen.Trainable;

namespace QuantGen.Training.PostTraining.Solving;

/// <summary>One layer of an encoder alone, forwards and backwards, with whatever its weights become.</summary>
internal sealed class LayerNetwork
{
    private readonly TrainingPass _pass;
    private readonly ModelConfig _dimensions;
    private readonly Linears _self;
    private readonly Linears _context;
    private readonly Linears _intermediate;
    private readonly Linears _output;
    private readonly TrainableNorm _attentionNorm;
    private readonly TrainableNorm _outputNorm;
    private readonly TrainableAttention _attention;
    private readonly LayerActivations _activations;
    private readonly BackwardBuffers _gradients;
    private float[] _scores = [];

    /// <summary>Makes a layer.</summary>
    /// <param name="spec">The model; its layers have weights of their own.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="read">Gets a tensor by its canonical name.</param>
    /// <param name="quantizer">Gets what a weight becomes; null leaves it as it is.</param>
    /// <param name="pass">Threads and batch, shared with other layers.</param>
    public LayerNetwork(ModelSpec spec, int layer, Func<string, float[]> read, Func<Parameter, MatrixSpec, WeightQuantizer?> quantizer, TrainingPass pass)
    {
        _pass = pass;
        _dimensions = spec.Dimensions;
        Linears Add(params string[] parts) => AddLinears(spec, [.. parts.Select(part => LayerNames.Of(layer, part))], read, quantizer);
        _self = Add("attention.self.query", "attention.self.key", "attention.self.value");
        _context = Add("attention.output.dense");
        _intermediate = Add("intermediate.dense");
        _output = Add("output.dense");
        _attentionNorm = AddNorm(LayerNames.Of(layer, "attention.output.LayerNorm"), read);
        _outputNorm = AddNorm(LayerNames.Of(layer, "output.LayerNorm"), read);
        _attention = new TrainableAttention(_dimensions.Heads, spec.HeadSize, 1f / MathF.Sqrt(spec.HeadSize));
        _activations = new LayerActivations(_dimensions.HiddenSize, _dimensions.IntermediateSize);
        _gradients = new BackwardBuffers(_dimensions.HiddenSize, _dimensions.IntermediateSize);
    }

    /// <summary>Gets the weights, biases and factors in the order of the forward pass.</summary>
    public List<Parameter> Parameters { get; } = [];

    /// <summary>Gets what weights become, where they become something.</summary>
    public List<WeightQuantizer> Quantizers { get; } = [];

    /// <summary>Computes the layer's output for the batch of the pass.</summary>
    public void Forward(float[] hidden, float[] output)
    {
        int tokens = _pass.Tokens;
        int[] starts = ScoreStarts();
        _activations.Reserve(tokens, starts[^1]);
        FloatBuffers.Reserve(ref _scores, starts[^1]);
        LayerActivations a = _activations;
        _self.Forward(_pass, hidden, a.Projected);
        _attention.Forward(_pass, a.Projected, starts, dropout: 0, operands: null, use: 0, _scores, a.Probabilities, a.Context);
        _context.Forward(_pass, a.Context, a.AttentionSum);
        _attentionNorm.Forward(_pass, a.AttentionSum, residual: hidden, dropout: 0, a.Normalized);
        _intermediate.Forward(_pass, a.Normalized, a.Intermediate);
        TrainingOperators.Activate(_pass, _dimensions.HiddenActivation, a.Intermediate, a.Activated, (long)tokens * _dimensions.IntermediateSize);
        _output.Forward(_pass, a.Activated, a.OutputSum);
        _outputNorm.Forward(_pass, a.OutputSum, residual: a.Normalized, dropout: 0, output);
    }

    /// <summary>Turns gradients of the output into those of the input, and adds those of the parameters; quantizers are left to finish theirs.</summary>
    /// <param name="hidden">The input of the last forward pass.</param>
    /// <param name="gradient">Gradients of the output; receives those of the input.</param>
    public void Backward(float[] hidden, float[] gradient)
    {
        int tokens = _pass.Tokens;
        LayerActivations a = _activations;
        BackwardBuffers g = _gradients;
        g.Reserve(tokens);
        foreach (WeightQuantizer quantizer in Quantizers)
        {
            Array.Clear(quantizer.Gradients);
        }

        _outputNorm.Backward(_pass, tokens, a.OutputSum, gradient);
        _output.Backward(_pass, a.Activated, gradient, g.Intermediate, accumulate: false);
        TrainingOperators.ActivateBackward(
            _pass, _dimensions.HiddenActivation, a.Intermediate, a.Activated, g.Intermediate, (long)tokens * _dimensions.IntermediateSize);
        _intermediate.Backward(_pass, a.Normalized, g.Intermediate, gradient, accumulate: true);
        _attentionNorm.Backward(_pass, tokens, a.AttentionSum, gradient);
        _context.Backward(_pass, a.Context, gradient, g.Input, accumulate: false);
        _attention.Backward(
            _pass, a.Projected, ScoreStarts(), dropout: 0, operands: null, use: 0, scoreGradients: null, a.Probabilities, g.Input, g.Projected);
        _self.Backward(_pass, hidden, g.Projected, gradient, accumulate: true);
    }

    private int[] ScoreStarts()
    {
        int[] starts = new int[_pass.Sequences + 1];
        for (int s = 0; s < _pass.Sequences; s++)
        {
            int length = _pass.Batch.Starts[s + 1] - _pass.Batch.Starts[s];
            starts[s + 1] = starts[s] + (_dimensions.Heads * length * length);
        }

        return starts;
    }

    private Linears AddLinears(ModelSpec spec, string[] names, Func<string, float[]> read, Func<Parameter, MatrixSpec, WeightQuantizer?> quantizer)
    {
        MatrixSpec[] matrices = [.. names.Select(spec.Matrix)];
        TrainableLinear[] layers = [.. matrices.Select(matrix =>
        {
            Parameter weight = AddParameter(matrix.Name + ".weight", ParameterKind.Weight, read, matrix.Rows, matrix.Columns);
            Parameter bias = AddParameter(matrix.Name + ".bias", ParameterKind.Bias, read, matrix.Rows);
            WeightQuantizer? own = quantizer(weight, matrix);
            if (own is not null)
            {
                Quantizers.Add(own);
            }

            return new TrainableLinear(weight, bias, isHead: false, own);
        })];

        // Stored ranges come later and from this layer's outputs; a token's own range is as near to them as can be known now.
        bool hasCodes = layers.Any(layer => layer.ReadsCodes);
        var range = new SiteRange(spec.Graph.SiteOf(names[0]), 1, spec.ActivationBits, ActivationSide.PerToken, null, new TrainableOptions());
        return new Linears(layers, hasCodes ? new TrainableSite(range, layers[0].Columns) : null);
    }

    private TrainableNorm AddNorm(string name, Func<string, float[]> read) => new(
        AddParameter(name + ".weight", ParameterKind.LayerNorm, read, _dimensions.HiddenSize),
        AddParameter(name + ".bias", ParameterKind.LayerNorm, read, _dimensions.HiddenSize),
        (float)_dimensions.LayerNormEpsilon);

    private Parameter AddParameter(string name, ParameterKind kind, Func<string, float[]> read, params int[] shape)
    {
        var parameter = new Parameter(name, kind, shape);
        read(name).CopyTo(parameter.Values, 0);
        Parameters.Add(parameter);
        return parameter;
    }

    // Layers that read the same activations; their outputs stand side by side.
    private sealed class Linears(TrainableLinear[] layers, TrainableSite? site)
    {
        private readonly int _rows = layers.Sum(layer => layer.Rows);

        public void Forward(TrainingPass pass, float[] input, float[] output)
        {
            LinearInput codes = site?.Quantize(pass, input, pass.Tokens, use: 0) ?? default;
            int offset = 0;
            foreach (TrainableLinear layer in layers)
            {
                layer.Forward(pass, layer.ReadsCodes ? codes : new LinearInput(input), pass.Tokens, new MatrixPlace(output, offset, _rows));
                offset += layer.Rows;
            }
        }

        public void Backward(TrainingPass pass, float[] input, float[] outputGradient, float[] inputGradient, bool accumulate)
        {
            int offset = 0;
            foreach (TrainableLinear layer in layers)
            {
                LinearInput read = layer.ReadsCodes ? site!.Input(use: 0) : new LinearInput(input);
                layer.Backward(pass, read, pass.Tokens, new MatrixPlace(outputGradient, offset, _rows), inputGradient, accumulate);
                accumulate = true;
                offset += layer.Rows;
            }
        }
    }
}
