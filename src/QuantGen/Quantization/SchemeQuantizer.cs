using QuantGen.Specs;

namespace QuantGen.Quantization;

/// <summary>Makes the codes of trained weights, as training saw them.</summary>
public static class SchemeQuantizer
{
    /// <summary>Quantizes a matrix by its scheme.</summary>
    /// <param name="matrix">Shape, bits, groups and scheme; symmetric, with groups of rows.</param>
    /// <param name="values">The trained weights, row-major.</param>
    /// <param name="alphas">The learned threshold of each group of rows for <see cref="Scheme.Lsq"/>; otherwise empty.</param>
    /// <param name="curvature">A positive number per weight for loss-aware ternary codes; empty for none.</param>
    /// <exception cref="ArgumentException">The scheme has a codebook, or a length does not fit.</exception>
    public static QuantizedMatrix Quantize(
        MatrixSpec matrix, ReadOnlySpan<float> values, ReadOnlySpan<float> alphas = default, ReadOnlySpan<float> curvature = default)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        int groups = matrix.GroupCount;
        if (matrix.Scheme == Scheme.Lsq && alphas.Length != groups)
        {
            throw new ArgumentException($"{alphas.Length} thresholds are given for {groups} groups of '{matrix.Name}'.", nameof(alphas));
        }

        var grouping = new MatrixGrouping(matrix.Rows, matrix.Columns, groups);
        grouping.Validate();
        int[] bits = [.. Enumerable.Range(0, groups).Select(g => BitsOf(matrix, g))];
        byte[] codes = new byte[values.Length];
        float[] scales = new float[groups];
        float[] centered = new float[grouping.Elements(0).Length];
        for (int group = 0; group < groups; group++)
        {
            (int start, int length) = grouping.Elements(group);
            ReadOnlySpan<float> own = values.Slice(start, length);
            SchemeFit fit = SchemeFit.Of(
                matrix.Scheme, bits[group], own, matrix.Scheme == Scheme.Lsq ? alphas[group] : 0f,
                curvature.IsEmpty ? default : curvature.Slice(start, length));
            fit.Center(own, centered);
            scales[group] = fit.Scale;
            Offset(centered, 1 << (bits[group] - 1), codes.AsSpan(start, length));
        }

        return new QuantizedMatrix(grouping, matrix.IsMixed ? bits : [matrix.Bits], codes, scales, null);
    }

    /// <summary>Describes the word embedding as a matrix: one learned threshold or codebook for all, or a scale for each row.</summary>
    /// <param name="spec">The model.</param>
    public static MatrixSpec EmbeddingMatrix(ModelSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        int rows = spec.Dimensions.VocabularySize;
        int groups = spec.EmbeddingScheme is Scheme.Linear or Scheme.Ternary ? rows : 1;
        return new MatrixSpec(
            PackedLayout.WordEmbedding, rows, spec.Dimensions.EmbeddingSize, spec.EmbeddingBits, groups, 0, Mapping.Symmetric, Clipping.MinMax, default)
        {
            Scheme = spec.EmbeddingScheme,
        };
    }

    /// <summary>Returns the bits of a group of rows.</summary>
    /// <param name="matrix">The matrix.</param>
    /// <param name="group">The group.</param>
    public static int BitsOf(MatrixSpec matrix, int group)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        return matrix.IsMixed ? matrix.GroupBits[group] : matrix.Bits;
    }

    private static void Offset(ReadOnlySpan<float> centered, int zeroPoint, Span<byte> codes)
    {
        for (int i = 0; i < codes.Length; i++)
        {
            codes[i] = (byte)((int)centered[i] + zeroPoint);
        }
    }
}
