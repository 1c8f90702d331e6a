using QuantGen.Packed;
using QuantGen.Quantization;
using QuantGen.Specs;
using QuantGen.Trainable;

namespace QuantGen.Training.Packing;

/// <summary>Makes the packed form of a trained model: the codes that its forward pass computed with.</summary>
public sealed class TrainedModelPacker
{
    private readonly ModelSpec _spec;
    private readonly TrainableOptions _options;
    private readonly Dictionary<string, Parameter> _parameters;
    private readonly PackedModelBuilder _builder;

    private TrainedModelPacker(ITrainableModel model, TrainableOptions options)
    {
        _spec = model.Spec;
        _options = options;
        _parameters = model.Parameters.ToDictionary(parameter => parameter.Name, StringComparer.Ordinal);
        _builder = new PackedModelBuilder(model.Spec);
    }

    /// <summary>Packs all weights and ranges; labels, tokenizer and vocabulary are left to be added.</summary>
    /// <param name="model">The model.</param>
    /// <param name="options">The options it was made with.</param>
    /// <exception cref="ArgumentException">The model lacks a parameter that its description asks for.</exception>
    public static PackedModelBuilder Pack(ITrainableModel model, TrainableOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        return new TrainedModelPacker(model, options).Run();
    }

    private PackedModelBuilder Run()
    {
        foreach (TensorSpec tensor in PackedLayout.Packed(_spec).Where(tensor => _parameters.ContainsKey(tensor.Name)))
        {
            _builder.AddFloats(tensor.Name, _parameters[tensor.Name].Values);
        }

        if (_spec.EmbeddingBits != 32)
        {
            AddEmbedding();
        }

        foreach (MatrixSpec matrix in _spec.Matrices.Where(matrix => matrix.IsQuantized))
        {
            AddMatrix(matrix);
        }

        if (_spec.ActivationRange == ActivationRange.Static)
        {
            AddSites(_spec.ActivationSites().Where(site => site.IsQuantized), _spec.ActivationBits);
        }

        AddSites(_spec.AttentionSites(), _spec.AttentionBits);
        return _builder;
    }

    private void AddMatrix(MatrixSpec matrix)
    {
        Parameter weight = Find(matrix.Name + ".weight");
        PackedMatrix packed = matrix.HasCodebook ? Codebook(matrix, weight) : PackedMatrix.Of(matrix, Quantize(matrix, weight));
        packed.AddTo(_builder, matrix.Name);
    }

    // A packed embedding has a scale for every row. Learned and largest-value scales are one for all rows, ternary ones differ.
    private void AddEmbedding()
    {
        int rows = _spec.Dimensions.VocabularySize;
        int groups = _spec.EmbeddingScheme == Scheme.Ternary ? rows : 1;
        var matrix = new MatrixSpec(
            PackedLayout.WordEmbedding, rows, _spec.Dimensions.EmbeddingSize, _spec.EmbeddingBits, groups, 0, Mapping.Symmetric, Clipping.MinMax, default)
        {
            Scheme = _spec.EmbeddingScheme,
        };
        Parameter weight = Find(matrix.Name + ".weight");
        PackedMatrix packed = matrix.HasCodebook ? Codebook(matrix, weight) : PackedMatrix.Of(matrix, Quantize(matrix, weight));
        packed.WithCopiedScale(rows).AddTo(_builder, matrix.Name);
    }

    private QuantizedMatrix Quantize(MatrixSpec matrix, Parameter weight) => SchemeQuantizer.Quantize(
        matrix,
        weight.Values,
        matrix.Scheme == Scheme.Lsq ? Find(weight.Name + "_alpha").Values : default(ReadOnlySpan<float>),
        _options.LossAware && weight.Curvature is float[] curvature ? curvature : default(ReadOnlySpan<float>));

    // Labels follow from the weights, which training leaves as they were; centroids are what was trained.
    private PackedMatrix Codebook(MatrixSpec matrix, Parameter weight)
    {
        Clusters clusters = matrix.Scheme == Scheme.KMeans
            ? ClusterQuantizer.KMeans(weight.Values, matrix.Bits, _options.ClusterIterations, _options.ClusterSeed)
            : ClusterQuantizer.Linear(weight.Values, matrix.Bits);
        return PackedMatrix.Of(matrix, clusters with { Centroids = Find(weight.Name + "_centroids").Values });
    }

    private void AddSites(IEnumerable<ActivationSite> sites, int bits)
    {
        foreach (ActivationSite site in sites)
        {
            // Codes of both signs have their zero point in the middle; probabilities begin at 0.
            bool isSigned = !site.IsProbabilities || _options.SymmetricProbabilities;
            int levels = LsqQuantizer.Levels(bits, isSigned);
            float[] ranges = Find(site.Name + ".alpha").Values;
            byte[] zeroPoints = new byte[ranges.Length];
            Array.Fill(zeroPoints, (byte)(isSigned ? 1 << (bits - 1) : 0));
            _builder.AddFloats(site.Name + ".input_scale", Array.ConvertAll(ranges, range => LsqQuantizer.Scale(range, levels)));
            _builder.AddBytes(site.Name + ".input_zero_point", zeroPoints);
        }
    }

    private Parameter Find(string name) => _parameters.GetValueOrDefault(name) ?? throw new ArgumentException($"The model has no parameter '{name}'.");
}
