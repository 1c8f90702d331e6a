using QuantGen.Graph;
using QuantGen.Specs;

namespace QuantGen.Cli.Inspecting;

/// <summary>Counts weights and multiplications.</summary>
internal static class ModelSize
{
    /// <summary>Counts the parameters of a model, its head included.</summary>
    public static long Parameters(ModelSpec spec) => PackedLayout.Checkpoint(spec).Sum(tensor => tensor.Count);

    /// <summary>Computes the bits a weight of a linear layer takes in the file, scales and zero points included, biases and head excepted.</summary>
    public static double BitsPerWeight(ModelSpec spec)
    {
        long bytes = PackedLayout.Packed(spec).Where(tensor => tensor.Class is TensorClass.Codes or TensorClass.Scales or TensorClass.Weights)
            .Sum(tensor => tensor.Bytes);
        return 8.0 * bytes / spec.Matrices.Sum(matrix => (long)matrix.Rows * matrix.Columns);
    }

    /// <summary>
    /// Counts the multiply-adds of all linear layers. Under a pooled head the last layer counts all tokens for keys and values only, the rest once a sequence.
    /// </summary>
    public static double LinearMacs(ModelSpec spec, long tokens, long sequences)
    {
        double macs = (spec.HasOutputLayer ? (double)spec.OutputCount : 0) * spec.Dimensions.HiddenSize * (spec.IsPooled ? sequences : tokens);
        foreach (MatrixSpec matrix in spec.Matrices)
        {
            macs += (double)matrix.Rows * matrix.Columns * Executions(spec, matrix.Name, tokens, sequences);
        }

        return macs;
    }

    private static long Executions(ModelSpec spec, string matrix, long tokens, long sequences)
    {
        if (spec.Graph.Head.OfType<LinearNode>().Any(linear => linear.Name == matrix))
        {
            return spec.IsPooled ? sequences : tokens;
        }

        if (!matrix.StartsWith("encoder.layer.", StringComparison.Ordinal))
        {
            return tokens;
        }

        bool isLast = matrix.StartsWith($"encoder.layer.{spec.BlockCount - 1}.", StringComparison.Ordinal);
        bool isForAll = matrix.EndsWith(".key", StringComparison.Ordinal) || matrix.EndsWith(".value", StringComparison.Ordinal);
        return (spec.UsesPerBlock * tokens) - (spec.IsPooled && isLast && !isForAll ? tokens - sequences : 0);
    }
}
