using QuantGen.Graph;
using QuantGen.Packed;
using QuantGen.Quantization;
using QuantGen.Schemes;
using QuantGen.Specs;
using QuantGen.Training.Packing;

namespace QuantGen.Training.PostTraining;

/// <summary>The quantization of one matrix or embedding; jobs may run at the same time.</summary>
internal sealed class WeightJob
{
    // At 8 bits an embedding's row loses nothing to its own largest value; below, clipping pays.
    private const int EmbeddingBitsWithoutClipping = 8;

    private static readonly MatrixRecipe s_positions = new(SchemeQuantizer.PositionTraits, Clipping.MinMax);

    private readonly MatrixSpec _matrix;
    private readonly MatrixRecipe? _recipe;
    private PackedMatrix? _packed;
    private int _copies = 1;

    private WeightJob(MatrixSpec matrix, MatrixRecipe? recipe)
    {
        _matrix = matrix;
        _recipe = recipe;
        Report = new TensorReport(matrix.Name, matrix.Bits, 0, double.PositiveInfinity);
    }

    /// <summary>Gets the matrix; embeddings are some, too.</summary>
    public MatrixSpec Matrix => _matrix;

    /// <summary>Gets whether the weights become evenly spaced codes.</summary>
    public bool IsRounded => _recipe is not null && _matrix.IsUniform;

    /// <summary>Gets the number of weights.</summary>
    public long Count => (long)_matrix.Rows * _matrix.Columns;

    /// <summary>Gets what became of the weights, once the job ran.</summary>
    public TensorReport Report { get; private set; }

    /// <summary>Lists the jobs of a model in the order of the forward pass.</summary>
    public static WeightJob[] Of(ModelSpec spec, Recipe recipe) => [.. OfEmbeddings(spec, recipe), .. OfMatrices(spec, recipe)];

    /// <summary>Lists the job of the word embedding, then those of positions and token types where they have codes.</summary>
    public static WeightJob[] OfEmbeddings(ModelSpec spec, Recipe recipe) =>
        [Embedding(spec, recipe), .. spec.PositionTables().Where(table => table.IsQuantized).Select(table => new WeightJob(table, s_positions))];

    /// <summary>Lists the jobs of linear layers.</summary>
    public static WeightJob[] OfMatrices(ModelSpec spec, Recipe recipe) =>
        [.. spec.Matrices.Select(matrix => new WeightJob(matrix, matrix.IsQuantized ? recipe.For(matrix) : null))];

    /// <summary>Makes the job of a quantized matrix.</summary>
    public static WeightJob Of(MatrixSpec matrix, Recipe recipe) => new(matrix, recipe.For(matrix));

    /// <summary>Gets the layer that a matrix belongs to, whose matrices are looked at together; outside of layers its own name.</summary>
    public static string BlockOf(string name) => LayerNames.Split(name, out int layer, out _) ? LayerNames.Of(layer, string.Empty) : name;

    /// <summary>Quantizes and packs; codes that were found already are kept.</summary>
    public void Run(
        WorkingWeights source, IReadOnlyDictionary<string, QuantizedMatrix> codes, Recipe recipe, CancellationToken cancellation)
    {
        if (_recipe is null)
        {
            return;
        }

        float[] weights = source.Read(_matrix.Name + ".weight");
        if (_matrix.HasCodebook)
        {
            Cluster(weights, _recipe.Traits.Fitter, recipe, cancellation);
            return;
        }

        if (_matrix.IsPair)
        {
            Split(weights);
            return;
        }

        QuantizedMatrix quantized = codes.GetValueOrDefault(_matrix.Name) ?? Fit(weights, _recipe, cancellation);
        _packed = PackedMatrix.Of(_matrix, quantized).WithCopiedScale(_copies);
        Report = new TensorReport(_matrix.Name, quantized.MeanBits, _matrix.ScaleCount, quantized.SignalToNoiseDb(weights));
    }

    /// <summary>Finds evenly spaced codes of weights; a matrix with a codebook has none.</summary>
    public QuantizedMatrix Fit(float[] weights, CancellationToken cancellation) => Fit(weights, _recipe!, cancellation);

    /// <summary>Finds what stands for weights, evenly spaced codes or the labels of a codebook.</summary>
    /// <returns>Writes the values that they stand for.</returns>
    public Action<float[]> Values(float[] weights, Recipe recipe, CancellationToken cancellation)
    {
        if (_matrix.HasCodebook)
        {
            Clusters clusters = Clusters(weights, _recipe!.Traits.Fitter, recipe, cancellation);
            return values => clusters.Dequantize(values);
        }

        QuantizedMatrix codes = Fit(weights, cancellation);
        return values => codes.Dequantize(values);
    }

    /// <summary>Adds codes and scales and zero points, or a codebook; weights in full precision are not added here.</summary>
    public void AddTo(PackedModelBuilder builder) => _packed?.AddTo(builder, _matrix.Name);

    // A scale for every row, one codebook, or one scale that is stored for every row.
    private static WeightJob Embedding(ModelSpec spec, Recipe recipe)
    {
        SchemeTraits? traits = spec.HasQuantizedEmbedding ? recipe.ForEmbedding(spec.EmbeddingStorage) : null;
        Clipping clipping = spec.EmbeddingBits < EmbeddingBitsWithoutClipping ? Clipping.Mse : Clipping.MinMax;
        MatrixSpec matrix = SchemeQuantizer.EmbeddingMatrix(spec, traits);
        return new WeightJob(matrix, traits is null ? null : new MatrixRecipe(traits, clipping))
        {
            _copies = traits?.Embedding == EmbeddingForm.OneScale ? matrix.Rows : 1,
        };
    }

    private QuantizedMatrix Fit(float[] weights, MatrixRecipe recipe, CancellationToken cancellation) => recipe.Traits.Fitter == WeightFitter.Range
        ? ByRange(weights, recipe, cancellation)
        : SchemeQuantizer.Quantize(_matrix, recipe.Traits.Fitter, weights, Thresholds(weights, recipe));

    private QuantizedMatrix ByRange(float[] weights, MatrixRecipe recipe, CancellationToken cancellation)
    {
        var options = new MatrixQuantizerOptions
        {
            Bits = _matrix.Bits,
            GroupBits = _matrix.IsMixed ? _matrix.GroupBits : null,
            GroupCount = _matrix.GroupCount,
            GroupSize = _matrix.GroupSize,
            Mapping = _matrix.Mapping,
            Clipping = recipe.Clipping,
            GroupClipping = recipe.GroupClipping.Count > 0 ? [.. Enumerable.Range(0, _matrix.GroupCount).Select(recipe.ClippingOf)] : null,
        };
        return MatrixQuantizer.Quantize(weights, _matrix.Rows, _matrix.Columns, options, cancellation);
    }

    // Where learning would begin: the range that holds 95% of a group's values.
    private float[] Thresholds(float[] weights, MatrixRecipe recipe)
    {
        int length = weights.Length / _matrix.GroupCount;
        return recipe.Traits.Fitter != WeightFitter.Threshold ? []
            : [.. Enumerable.Range(0, _matrix.GroupCount).Select(group => AlgorithmOne.Threshold(weights.AsSpan(group * length, length)))];
    }

    // Both halves together are the ternary matrix, so that the error is its.
    private void Split(float[] weights)
    {
        MatrixSpec ternary = _matrix with { Storage = Storage.Uniform, Bits = 2 };
        _packed = PackedMatrix.Of(_matrix, SchemeQuantizer.QuantizePair(_matrix, SchemeQuantizer.Split(_matrix, weights)));
        Report = new TensorReport(
            _matrix.Name, 2 * _matrix.Bits, _matrix.ScaleCount, SchemeQuantizer.Quantize(ternary, WeightFitter.Ternary, weights).SignalToNoiseDb(weights));
    }

    private Clusters Clusters(float[] weights, WeightFitter fitter, Recipe recipe, CancellationToken cancellation) =>
        ClusterQuantizer.Fit(fitter, weights, _matrix.Bits, recipe.ClusterIterations, recipe.ClusterSeed, cancellation);

    private void Cluster(float[] weights, WeightFitter fitter, Recipe recipe, CancellationToken cancellation)
    {
        Clusters clusters = Clusters(weights, fitter, recipe, cancellation);
        _packed = PackedMatrix.Of(_matrix, clusters);
        Report = new TensorReport(_matrix.Name, _matrix.Bits, 1, clusters.SignalToNoiseDb(weights));
    }
}
