using QuantGen.Architectures;
using QuantGen.Quantization;
using QuantGen.Schemes;
using QuantGen.Specs;

namespace QuantGen.Trainable;

/// <summary>Names and makes the parameters of a model. Their order is that of the calls.</summary>
/// <param name="spec">The model.</param>
/// <param name="options">How quantizers begin and learn.</param>
internal sealed class ParameterTable(ModelSpec spec, TrainableOptions options)
{
    private readonly List<Parameter> _all = [];

    /// <summary>Gets all of them.</summary>
    public IReadOnlyList<Parameter> All => _all;

    /// <summary>Adds the matrix and the summands of a linear layer, with what its quantizer learns.</summary>
    public (QuantizedParameter Weight, Parameter Bias) Linear(string name, int rows, int columns)
    {
        MatrixSpec matrix = spec.Matrix(name);
        (Parameter weight, Parameter bias) = matrix.IsPair
            ? (Add(name + ".weight", ParameterKind.Weight, matrix.StoredRowCount, columns), Add(name + ".bias", ParameterKind.Bias, rows))
            : OutputLayer(name, rows, columns);
        return (Quantized(weight, matrix, matrix.IsQuantized ? options.For(matrix) : null), bias);
    }

    /// <summary>Adds the matrix and the summands of a layer that is never quantized.</summary>
    public (Parameter Weight, Parameter Bias) OutputLayer(string name, int rows, int columns) =>
        (Add(name + ".weight", ParameterKind.Weight, rows, columns), Add(name + ".bias", ParameterKind.Bias, rows));

    /// <summary>Adds factors and summands of a normalization.</summary>
    public (Parameter Weight, Parameter Bias) Norm(string name, int columns) =>
        (Add(name + ".weight", ParameterKind.LayerNorm, columns), Add(name + ".bias", ParameterKind.LayerNorm, columns));

    /// <summary>Adds the embeddings, with what the quantizer of words learns; those of token types only where there are some.</summary>
    public (QuantizedParameter Words, QuantizedParameter Positions, QuantizedParameter? Types) Embeddings(
        int words, int positions, int types, int columns)
    {
        Parameter word = Add(PackedLayout.WordEmbedding + ".weight", ParameterKind.Embedding, spec.HasEmbeddingPair ? 2 * words : words, columns);
        SchemeTraits? traits = spec.HasQuantizedEmbedding ? options.ForEmbedding(spec.EmbeddingStorage) : null;
        QuantizedParameter quantized = Quantized(word, SchemeQuantizer.EmbeddingMatrix(spec, traits), traits);
        return (
            quantized,
            Table(PackedLayout.PositionEmbedding, positions, columns),
            types == 0 ? null : Table(PackedLayout.TypeEmbedding, types, columns));
    }

    /// <summary>Adds the summands of the decoder of a masked language model.</summary>
    public Parameter DecoderBias(int words) => Add(Steps.MaskedLanguageBias, ParameterKind.Bias, words);

    /// <summary>Adds the ranges of a place where activations are quantized.</summary>
    public SiteRange Site(string name, int uses, int bits)
    {
        ActivationTraits side = ActivationSides.Of(TrainingSides.Of(spec, options, name));
        Parameter? range = side.IsStored ? Add(name + ".alpha", side.IsLearned ? ParameterKind.ActivationScale : ParameterKind.RunningRange, uses) : null;
        if (range is { Kind: ParameterKind.RunningRange })
        {
            range.IsTrained = false;
        }

        return new SiteRange(name, uses, bits, side.Side, range, options) { Elastic = side.Side == ActivationSide.Elastic ? Elastic(name, range!) : null };
    }

    private ElasticRange Elastic(string name, Parameter scale)
    {
        Parameter shift = Add(name + ".shift", ParameterKind.ActivationShift, scale.Values.Length);
        scale.IsTrained = shift.IsTrained = options.ActivationScales == ActivationScales.Learned;
        return new ElasticRange(scale, shift, !spec.ActivationSites().First(site => site.Name == name).IsOneSided, options.ActivationScales);
    }

    private QuantizedParameter Table(string name, int rows, int columns) => Quantized(
        Add(name + ".weight", ParameterKind.Embedding, rows, columns), spec.Matrix(name), spec.HasQuantizedPositions ? SchemeQuantizer.PositionTraits : null);

    private QuantizedParameter Quantized(Parameter weight, MatrixSpec matrix, SchemeTraits? traits)
    {
        if (traits is not null && matrix.Segments()[0].Bits < traits.LeastTrainedBits)
        {
            throw new ArgumentException(
                $"The scheme {traits.Name} trains {traits.LeastTrainedBits} bits or more, and '{matrix.Name}' has {matrix.Segments()[0].Bits}.");
        }

        Parameter? alpha = traits is { Learns: LearnedPart.Thresholds } ? Add(weight.Name + "_alpha", ParameterKind.WeightScale, matrix.GroupCount) : null;
        Parameter? centroids = traits is { Learns: LearnedPart.Centroids } ? Add(weight.Name + "_centroids", ParameterKind.Centroids, matrix.CodebookLength)
            : null;
        weight.IsTrained = centroids is null;
        weight.WantsCurvature = traits is { Fitter: WeightFitter.Ternary } && options.LossAware;
        return new QuantizedParameter(weight, matrix.IsPair ? SchemeQuantizer.Stacked(matrix) : matrix, traits, alpha, centroids, options);
    }

    private Parameter Add(string name, ParameterKind kind, params int[] shape)
    {
        var parameter = new Parameter(name, kind, shape);
        _all.Add(parameter);
        return parameter;
    }
}
