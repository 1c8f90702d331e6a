using QuantGen.Schemes;
using QuantGen.Specs;

namespace QuantGen.Quantization;

/// <summary>Makes the codes of trained weights, as training saw them.</summary>
internal static class SchemeQuantizer
{
    /// <summary>Quantizes a matrix.</summary>
    /// <param name="matrix">Shape, bits and groups; symmetric, or over ranges as they are, with groups of rows.</param>
    /// <param name="fitter">Who finds the codes; not asked where ranges are kept as they are.</param>
    /// <param name="values">The trained weights, row-major.</param>
    /// <param name="alphas">The learned threshold of each group of rows for <see cref="WeightFitter.Threshold"/>; otherwise empty.</param>
    /// <param name="curvature">A positive number per weight for loss-aware ternary codes; empty for none.</param>
    /// <exception cref="ArgumentException">The fitter finds a codebook, or a length does not fit.</exception>
    public static QuantizedMatrix Quantize(
        MatrixSpec matrix, WeightFitter fitter, ReadOnlySpan<float> values, ReadOnlySpan<float> alphas = default, ReadOnlySpan<float> curvature = default)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        int groups = matrix.GroupCount;
        if (matrix.HasCenters)
        {
            var range = new MatrixQuantizerOptions
            {
                Bits = matrix.Bits, GroupBits = matrix.IsMixed ? [.. matrix.GroupBits] : null, GroupCount = groups, Mapping = matrix.Mapping,
            };
            return MatrixQuantizer.Quantize(values, matrix.Rows, matrix.Columns, range);
        }

        if (fitter == WeightFitter.Threshold && alphas.Length != groups)
        {
            throw new ArgumentException($"{alphas.Length} thresholds are given for {groups} groups of '{matrix.Name}'.", nameof(alphas));
        }

        var grouping = new MatrixGrouping(matrix.Rows, matrix.Columns, groups);
        grouping.Validate();
        int[] bits = [.. Enumerable.Range(0, groups).Select(matrix.BitsOf)];
        byte[] codes = new byte[values.Length];
        float[] scales = new float[groups];
        float[] centered = new float[grouping.Elements(0).Length];
        for (int group = 0; group < groups; group++)
        {
            (int start, int length) = grouping.Elements(group);
            ReadOnlySpan<float> own = values.Slice(start, length);
            SchemeFit fit = SchemeFit.Of(
                fitter, bits[group], own, fitter == WeightFitter.Threshold ? alphas[group] : 0f, curvature.IsEmpty ? default : curvature.Slice(start, length));
            fit.Center(own, centered);
            scales[group] = fit.Scale;
            Offset(centered, bits[group], codes.AsSpan(start, length));
        }

        return new QuantizedMatrix(grouping, matrix.IsMixed ? bits : [matrix.Bits], codes, scales, null);
    }

    /// <summary>Quantizes both halves of a pair.</summary>
    /// <param name="matrix">The pair.</param>
    /// <param name="halves">The weights of the first half, row-major, then those of the second.</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public static QuantizedMatrix QuantizePair(MatrixSpec matrix, ReadOnlySpan<float> halves) => Quantize(Stacked(matrix), WeightFitter.Split, halves);

    /// <summary>Splits each group of rows of a matrix, as ternary weights, into the two halves of a pair.</summary>
    /// <param name="matrix">The pair.</param>
    /// <param name="weights">The weights, row-major.</param>
    /// <returns>The weights of the first half, then those of the second.</returns>
    public static float[] Split(MatrixSpec matrix, ReadOnlySpan<float> weights)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        float[] halves = new float[2 * weights.Length];
        int length = matrix.RowsPerGroup * matrix.Columns;
        float[] codes = new float[length];
        for (int start = 0; start < weights.Length; start += length)
        {
            ReadOnlySpan<float> own = weights.Slice(start, length);
            SchemeFit.Of(WeightFitter.Ternary, 2, own).Center(own, codes);
            TernarySplit.Run(own, codes, halves.AsSpan(start, length), halves.AsSpan(weights.Length + start, length));
        }

        return halves;
    }

    /// <summary>Gets who finds the codes of embeddings of positions and token types: the largest magnitude of each row.</summary>
    public static SchemeTraits PositionTraits { get; } = WeightSchemes.Of(Scheme.Linear);

    /// <summary>Describes both halves of a pair as one matrix, the second below the first.</summary>
    /// <param name="matrix">The pair.</param>
    public static MatrixSpec Stacked(MatrixSpec matrix) =>
        matrix with { Rows = 2 * matrix.Rows, GroupCount = 2 * matrix.GroupCount, Storage = Storage.Uniform };

    /// <summary>Describes the word embedding as a matrix: one scale or codebook for all rows, or a scale for each.</summary>
    /// <param name="spec">The model.</param>
    /// <param name="traits">Who finds the codes; null in full precision.</param>
    public static MatrixSpec EmbeddingMatrix(ModelSpec spec, SchemeTraits? traits)
    {
        ArgumentNullException.ThrowIfNull(spec);
        int rows = spec.Dimensions.VocabularySize;
        int groups = traits?.Embedding == EmbeddingForm.RowScales ? rows : 1;
        return new MatrixSpec(PackedLayout.WordEmbedding, rows, spec.Dimensions.EmbeddingSize, spec.EmbeddingBits, groups, 0, spec.RowMapping, default)
        {
            Storage = spec.EmbeddingStorage,
        };
    }

    /// <summary>Describes a word embedding in pairs as a matrix, with a scale for each row of both tables.</summary>
    /// <param name="spec">The model.</param>
    public static MatrixSpec EmbeddingPair(ModelSpec spec) => EmbeddingMatrix(spec, WeightSchemes.Of(Scheme.BinaryBert));

    // At one bit -1 and 1 are stored as 0 and 1.
    private static void Offset(ReadOnlySpan<float> centered, int bits, Span<byte> codes)
    {
        for (int i = 0; i < codes.Length; i++)
        {
            codes[i] = (byte)(bits == 1 ? ((int)centered[i] + 1) / 2 : (int)centered[i] + (1 << (bits - 1)));
        }
    }
}
