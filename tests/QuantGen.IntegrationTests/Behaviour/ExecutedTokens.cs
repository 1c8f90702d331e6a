using QuantGen.Specs;
using QuantGen.TestModels;

namespace QuantGen.IntegrationTests.Behaviour;

/// <summary>How many tokens each matrix of a model multiplies.</summary>
internal static class ExecutedTokens
{
    // Under a pooled head the last layer computes only keys and values of all tokens, the rest of first tokens.
    public static int Of(ModelSpec spec, string matrix, TokenBatch batch)
    {
        int sequences = batch.Lengths.Length;
        if (matrix is "pooler.dense" or "pre_classifier" or "classifier.dense")
        {
            return sequences;
        }

        int tokens = batch.Ids.Length;
        if (!matrix.StartsWith("encoder.layer.", StringComparison.Ordinal))
        {
            return tokens;
        }

        bool isLast = matrix.StartsWith($"encoder.layer.{spec.BlockCount - 1}.", StringComparison.Ordinal);
        bool isForAll = matrix.EndsWith(".key", StringComparison.Ordinal) || matrix.EndsWith(".value", StringComparison.Ordinal);
        return (spec.UsesPerBlock * tokens) - (spec.IsPooled && isLast && !isForAll ? tokens - sequences : 0);
    }

    /// <summary>Gets the bits of what is multiplied: labels of a codebook are looked up and multiply as full-precision numbers.</summary>
    public static int ExecutedBits(MatrixSpec matrix, RowSegment segment) => matrix.HasCodebook ? 32 : segment.Bits;

    /// <summary>Counts the multiply-adds of the rows of one width of a matrix, inputs that pad a row included.</summary>
    public static long MultiplyAdds(ModelSpec spec, MatrixSpec matrix, RowSegment segment, TokenBatch batch)
    {
        int columns = ExecutedBits(matrix, segment) == 32 || spec.ActivationBits == 1 ? matrix.Columns : PanelPadding.Pad(matrix.Columns, PanelPadding.Columns);
        return (long)segment.Rows * columns * Of(spec, matrix.Name, batch);
    }
}
