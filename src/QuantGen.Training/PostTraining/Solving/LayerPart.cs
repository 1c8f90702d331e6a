using QuantGen.Graph;
using QuantGen.Quantization;
using QuantGen.Schemes;
using QuantGen.Specs;
using QuantGen.Trainable;

namespace QuantGen.Training.PostTraining.Solving;

/// <summary>A layer of an encoder, or a part of one, alone: forwards and backwards, with whatever its weights become.</summary>
/// <param name="source">What it is made of.</param>
internal abstract class LayerPart(LayerSource source)
{
    /// <summary>Gets the weights, biases and factors in the order of the forward pass.</summary>
    public List<Parameter> Parameters { get; } = [];

    /// <summary>Gets what weights become, where they become something.</summary>
    public List<WeightQuantizer> Quantizers { get; } = [];

    /// <summary>Gets the stored ranges of activations, which learn as thresholds.</summary>
    public List<StoredRange> Ranges { get; } = [];

    /// <summary>Gets what it is made of.</summary>
    protected LayerSource Source => source;

    /// <summary>Gets threads and batch.</summary>
    protected TrainingPass Pass => source.Pass;

    /// <summary>Computes the output for the batch of the pass.</summary>
    public abstract void Forward(float[] hidden, float[] output);

    /// <summary>Turns gradients of the output into those of the input, and adds those of the parameters; quantizers are left to finish theirs.</summary>
    /// <param name="hidden">The input of the last forward pass.</param>
    /// <param name="gradient">Gradients of the output; receives those of the input.</param>
    public abstract void Backward(float[] hidden, float[] gradient);

    /// <summary>Adds linear layers that read the same activations.</summary>
    protected TrainableLinears AddLinears(int layer, params string[] parts)
    {
        MatrixSpec[] matrices = [.. parts.Select(part => source.Spec.Matrix(LayerNames.Of(layer, part)))];
        TrainableLinear[] layers = [.. matrices.Select(AddLinear)];

        string place = source.Spec.Graph.SiteOf(matrices[0].Name);
        return new TrainableLinears(layers.Any(linear => linear.ReadsCodes) ? Site(place, layers[0].Columns) : null, layers);
    }

    /// <summary>Adds a normalization.</summary>
    protected TrainableNorm AddNorm(int layer, string part)
    {
        string name = LayerNames.Of(layer, part);
        int width = source.Spec.Dimensions.HiddenSize;
        return new TrainableNorm(
            AddParameter(name + ".weight", ParameterKind.LayerNorm, width), AddParameter(name + ".bias", ParameterKind.LayerNorm, width),
            (float)source.Spec.Dimensions.LayerNormEpsilon);
    }

    /// <summary>Adds what other parts have.</summary>
    protected void Join(params LayerPart[] parts)
    {
        foreach (LayerPart part in parts)
        {
            Parameters.AddRange(part.Parameters);
            Quantizers.AddRange(part.Quantizers);
            Ranges.AddRange(part.Ranges);
        }
    }

    private TrainableSite Site(string place, int columns)
    {
        int bits = source.Spec.ActivationBits;
        if (source.Range(place) is not QuantizationParameters given)
        {
            return new TrainableSite(new SiteRange(place, 1, bits, ActivationSide.PerToken, null, new TrainableOptions()), columns);
        }

        var stored = new StoredRange(place, given, bits);
        Ranges.Add(stored);
        var range = new SiteRange(place, 1, bits, ActivationSide.Learned, stored.Threshold, new TrainableOptions(), [given.ZeroPoint]);
        return new TrainableSite(range, columns);
    }

    private TrainableLinear AddLinear(MatrixSpec matrix)
    {
        Parameter weight = AddParameter(matrix.Name + ".weight", ParameterKind.Weight, matrix.Rows, matrix.Columns);
        Parameter bias = AddParameter(matrix.Name + ".bias", ParameterKind.Bias, matrix.Rows);
        WeightQuantizer? own = source.Quantizer(weight, matrix);
        if (own is not null)
        {
            Quantizers.Add(own);
        }

        return new TrainableLinear(weight, bias, isHead: false, own);
    }

    private Parameter AddParameter(string name, ParameterKind kind, params int[] shape)
    {
        var parameter = new Parameter(name, kind, shape);
        source.Read(name).CopyTo(parameter.Values, 0);
        Parameters.Add(parameter);
        return parameter;
    }
}
