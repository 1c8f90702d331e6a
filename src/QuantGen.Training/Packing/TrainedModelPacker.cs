using QuantGen.Packed;
using QuantGen.Quantization;
using QuantGen.Schemes;
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

    private TrainedModelPacker(ITrainableModel model, TrainableOptions options, ModelSpec spec)
    {
        _spec = spec;
        _options = options;
        _parameters = model.Parameters.ToDictionary(parameter => parameter.Name, StringComparer.Ordinal);
        _builder = new PackedModelBuilder(spec) { Recipe = (spec.IsRounded ? options with { Scheme = Scheme.FullyQt } : options).ToRecipe() };
    }

    /// <summary>Packs all weights and ranges; labels, tokenizer and vocabulary are left to be added, and the ranges of a model that rounds everything
    /// (<see cref="RoundedRanges"/>).</summary>
    /// <param name="model">The model.</param>
    /// <param name="options">The options it was made with.</param>
    /// <param name="spec">What is packed, where the model is trained as another one with the same tensors; null for the model's own description.</param>
    /// <exception cref="ArgumentException">The model lacks a parameter that its description asks for.</exception>
    public static PackedModelBuilder Pack(ITrainableModel model, TrainableOptions options, ModelSpec? spec = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        return new TrainedModelPacker(model, options, spec ?? model.Spec).Run();
    }

    private PackedModelBuilder Run()
    {
        foreach (TensorSpec tensor in PackedLayout.Packed(_spec).Where(tensor => _parameters.ContainsKey(tensor.Name)))
        {
            // A copy: the builder reads it later, when the model may have the values of another member of an ensemble.
            float[] values = _parameters[tensor.Name].Values.ToArray();
            if (RoundedRanges.AreFactors(_spec, tensor.Name))
            {
                RoundedFactors.Round(values, _spec.ActivationBits);
            }

            _builder.AddFloats(tensor.Name, values);
        }

        if (_spec.HasQuantizedEmbedding)
        {
            AddEmbedding();
        }

        foreach (MatrixSpec table in _spec.PositionTables().Where(table => table.IsQuantized))
        {
            Pack(table, SchemeQuantizer.PositionTraits).AddTo(_builder, table.Name);
        }

        foreach (MatrixSpec matrix in _spec.Matrices.Where(matrix => matrix.IsQuantized))
        {
            AddMatrix(matrix);
        }

        if (_spec.IsRounded)
        {
            return _builder;
        }

        if (_spec.HasBitActivations)
        {
            AddBitSites();
        }
        else if (_spec.ActivationRange == ActivationRange.Static)
        {
            AddSites(_spec.ActivationSites().Where(site => site.IsQuantized), _spec.ActivationBits);
        }

        AddSites(_spec.AttentionSites(), _spec.AttentionBits);
        return _builder;
    }

    private void AddMatrix(MatrixSpec matrix) => Pack(matrix, _options.For(matrix)).AddTo(_builder, matrix.Name);

    // A packed embedding has a scale for every row; a learned one is the same for all.
    private void AddEmbedding()
    {
        SchemeTraits traits = _options.ForEmbedding(_spec.EmbeddingStorage);
        MatrixSpec matrix = SchemeQuantizer.EmbeddingMatrix(_spec, traits);
        Pack(matrix, traits).WithCopiedScale(matrix.Rows).AddTo(_builder, matrix.Name);
    }

    private PackedMatrix Pack(MatrixSpec matrix, SchemeTraits traits)
    {
        Parameter weight = Find(matrix.Name + ".weight");
        return matrix.HasCodebook ? Codebook(matrix, traits, weight)
            : PackedMatrix.Of(matrix, matrix.IsPair ? SchemeQuantizer.QuantizePair(matrix, weight.Values) : Quantize(matrix, traits, weight));
    }

    private QuantizedMatrix Quantize(MatrixSpec matrix, SchemeTraits traits, Parameter weight) => SchemeQuantizer.Quantize(
        matrix,
        traits.Fitter,
        weight.Values,
        traits.Learns == LearnedPart.Thresholds ? Find(weight.Name + "_alpha").Values : default(ReadOnlySpan<float>),
        _options.LossAware && weight.Curvature is float[] curvature ? curvature : default(ReadOnlySpan<float>));

    // Labels follow from the weights, which training leaves as they were; centroids are what was trained.
    private PackedMatrix Codebook(MatrixSpec matrix, SchemeTraits traits, Parameter weight)
    {
        Clusters clusters = ClusterQuantizer.Fit(traits.Fitter, weight.Values, matrix.Bits, _options.ClusterIterations, _options.ClusterSeed);
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

    private void AddBitSites()
    {
        foreach (ActivationSite site in _spec.ActivationSites().Where(site => site.IsQuantized))
        {
            float[] shifts = Find(site.Name + ".shift").Values;
            float[] scales = Find(site.Name + ".alpha").Values;
            _builder.AddFloats(
                site.Name + ".input_scale", Array.ConvertAll(scales, scale => new ElasticBinarizer(scale, Shift: 0f, !site.IsOneSided).Scale));
            _builder.AddFloats(site.Name + ".input_shift", shifts);
        }
    }

    private Parameter Find(string name) => _parameters.GetValueOrDefault(name) ?? throw new ArgumentException($"The model has no parameter '{name}'.");
}
