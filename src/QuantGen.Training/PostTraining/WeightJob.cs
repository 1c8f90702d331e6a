using QuantGen.Checkpoints;
using QuantGen.Packed;
using QuantGen.Quantization;
using QuantGen.Specs;
using QuantGen.Training.Packing;

namespace QuantGen.Training.PostTraining;

/// <summary>The quantization of one matrix or of the word embedding; jobs may run at the same time.</summary>
internal sealed class WeightJob
{
    // At 8 bits an embedding's row loses nothing to its own largest value; below, clipping pays.
    private const int EmbeddingBitsWithoutClipping = 8;

    private readonly MatrixSpec _matrix;
    private PackedMatrix? _packed;
    private int _copies = 1;

    private WeightJob(MatrixSpec matrix)
    {
        _matrix = matrix;
        Report = new TensorReport(matrix.Name, matrix.Bits, 0, double.PositiveInfinity);
    }

    /// <summary>Gets the number of weights.</summary>
    public long Count => (long)_matrix.Rows * _matrix.Columns;

    /// <summary>Gets what became of the weights, once the job ran.</summary>
    public TensorReport Report { get; private set; }

    /// <summary>Lists the jobs of a model in the order of the forward pass.</summary>
    public static WeightJob[] Of(ModelSpec spec)
    {
        // A scale for every row of the embedding: groups of rows, as many as there are rows; one codebook; or one learned scale, stored for every row.
        int rows = spec.Dimensions.VocabularySize;
        Clipping clipping = spec.EmbeddingBits < EmbeddingBitsWithoutClipping ? Clipping.Mse : Clipping.MinMax;
        int groups = spec.HasEmbeddingCodebook || spec.EmbeddingScheme == Scheme.Lsq ? 1 : rows;
        var embedding = new MatrixSpec(
            PackedLayout.WordEmbedding, rows, spec.Dimensions.EmbeddingSize, spec.EmbeddingBits, groups, 0, Mapping.Symmetric, clipping,
            default) { Scheme = spec.EmbeddingScheme };
        return [new WeightJob(embedding) { _copies = spec.EmbeddingScheme == Scheme.Lsq ? rows : 1 }, .. spec.Matrices.Select(matrix => new WeightJob(matrix))];
    }

    /// <summary>Quantizes and packs.</summary>
    public void Run(Checkpoint checkpoint, PostTrainingOptions options)
    {
        if (!_matrix.IsQuantized)
        {
            return;
        }

        float[] weights = checkpoint.Read(_matrix.Name + ".weight");
        if (_matrix.HasCodebook)
        {
            Cluster(weights, options);
            return;
        }

        QuantizedMatrix quantized = _matrix.Scheme == Scheme.Linear ? Linear(weights) : SchemeQuantizer.Quantize(_matrix, weights, Thresholds(weights));
        _packed = PackedMatrix.Of(_matrix, quantized).WithCopiedScale(_copies);
        Report = new TensorReport(_matrix.Name, quantized.MeanBits, _matrix.ScaleCount, quantized.SignalToNoiseDb(weights));
    }

    /// <summary>Adds codes and scales and zero points, or a codebook; weights in full precision are not added here.</summary>
    public void AddTo(PackedModelBuilder builder) => _packed?.AddTo(builder, _matrix.Name);

    private QuantizedMatrix Linear(float[] weights) => MatrixQuantizer.Quantize(weights, _matrix.Rows, _matrix.Columns, new MatrixQuantizerOptions
    {
        Bits = _matrix.Bits,
        GroupBits = _matrix.IsMixed ? _matrix.GroupBits : null,
        GroupCount = _matrix.GroupCount,
        GroupSize = _matrix.GroupSize,
        Mapping = _matrix.Mapping,
        Clipping = _matrix.Clipping,
        GroupClipping = _matrix.GroupClipping.Count > 0 ? [.. Enumerable.Range(0, _matrix.GroupCount).Select(_matrix.ClippingOf)] : null,
    });

    // Where learning would begin: the range that holds 95% of a group's values.
    private float[] Thresholds(float[] weights)
    {
        int length = weights.Length / _matrix.GroupCount;
        return _matrix.Scheme != Scheme.Lsq ? []
            : [.. Enumerable.Range(0, _matrix.GroupCount).Select(group => AlgorithmOne.Threshold(weights.AsSpan(group * length, length)))];
    }

    private void Cluster(float[] weights, PostTrainingOptions options)
    {
        Clusters clusters = _matrix.Scheme == Scheme.KMeans
            ? ClusterQuantizer.KMeans(weights, _matrix.Bits, options.ClusterIterations, options.ClusterSeed)
            : ClusterQuantizer.Linear(weights, _matrix.Bits);
        _packed = PackedMatrix.Of(_matrix, clusters);
        Report = new TensorReport(_matrix.Name, _matrix.Bits, 1, clusters.SignalToNoiseDb(weights));
    }
}
