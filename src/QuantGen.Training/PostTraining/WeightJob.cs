using QuantGen.Checkpoints;
using QuantGen.Packed;
using QuantGen.Quantization;
using QuantGen.Specs;

namespace QuantGen.Training.PostTraining;

/// <summary>The quantization of one matrix or of the word embedding; jobs may run at the same time.</summary>
internal sealed class WeightJob
{
    // At 8 bits an embedding's row loses nothing to its own largest value; below, clipping pays.
    private const int EmbeddingBitsWithoutClipping = 8;

    private readonly MatrixSpec _matrix;
    private byte[] _codes = [];
    private float[] _scales = []; // or the codebook
    private byte[]? _zeroPoints;
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
            PackedLayout.WordEmbedding, rows, spec.Dimensions.EmbeddingSize, spec.EmbeddingBits, groups, 0, Mapping.Symmetric, clipping, default) { Scheme = spec.EmbeddingScheme };
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
        Pack(quantized);
        Report = new TensorReport(_matrix.Name, quantized.MeanBits, _matrix.ScaleCount, quantized.SignalToNoiseDb(weights));
    }

    /// <summary>Adds codes and scales and zero points, or a codebook; weights in full precision are not added here.</summary>
    public void AddTo(PackedModelBuilder builder)
    {
        if (!_matrix.IsQuantized)
        {
            return;
        }

        builder.AddBytes(_matrix.Name + ".codes", _codes);
        builder.AddFloats(_matrix.Name + (_matrix.HasCodebook ? ".codebook" : ".scales"), _scales);
        if (_zeroPoints is not null)
        {
            builder.AddBytes(_matrix.Name + ".zero_points", _zeroPoints);
        }
    }

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
        _codes = new byte[_matrix.CodeBytes()];
        CodePacker.Pack(clusters.Labels, _matrix.Columns, _matrix.Bits, _codes);
        _scales = clusters.Centroids;
        Report = new TensorReport(_matrix.Name, _matrix.Bits, 1, clusters.SignalToNoiseDb(weights));
    }

    // Rows, scales and zero points go in stored order: where precision is mixed, groups of fewer bits come first.
    private void Pack(QuantizedMatrix quantized)
    {
        int[] rows = _matrix.StoredRows();
        _codes = new byte[_matrix.CodeBytes()];
        int at = 0;
        foreach (RowSegment segment in _matrix.Segments())
        {
            int length = CodePacker.RowBytes(_matrix.Columns, segment.Bits);
            for (int row = segment.FirstRow; row < segment.FirstRow + segment.Rows; row++, at += length)
            {
                CodePacker.PackRow(quantized.Codes.AsSpan(rows[row] * _matrix.Columns, _matrix.Columns), segment.Bits, _codes.AsSpan(at, length));
            }
        }

        bool isMixed = _matrix.IsMixed;
        IReadOnlyList<int> groups = _matrix.StoredGroups();
        _scales = isMixed ? [.. groups.Select(group => quantized.Scales[group])]
            : _copies > 1 ? [.. Enumerable.Repeat(quantized.Scales[0], _copies)]
            : quantized.Scales;
        _zeroPoints = isMixed && quantized.ZeroPoints is byte[] points ? [.. groups.Select(group => points[group])] : quantized.ZeroPoints;
    }
}
