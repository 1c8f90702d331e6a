using QuantGen.Specs;

namespace QuantGen.Cli.Models;

/// <summary>Counts weights and multiplications.</summary>
internal static class ModelSize
{
    /// <summary>Counts the parameters of a model, its head included.</summary>
    public static long Parameters(ModelSpec spec) => PackedLayout.Checkpoint(spec).Sum(tensor => tensor.Count);

    /// <summary>Computes the bits a weight of a linear layer takes in the file, scales and zero points included, biases and head excepted.</summary>
    public static double BitsPerWeight(ModelSpec spec)
    {
        long bytes = PackedLayout.Packed(spec).Where(tensor => tensor.Class is TensorClass.Codes or TensorClass.Scales or TensorClass.Weights).Sum(tensor => tensor.Bytes);
        return 8.0 * bytes / spec.Matrices.Sum(matrix => (long)matrix.Rows * matrix.Columns);
    }

    /// <summary>Counts the multiply-adds of all linear layers: every layer for every token, pooler and class outputs once a sequence.</summary>
    public static double LinearMacs(ModelSpec spec, long tokens, long sequences)
    {
        double perToken = 0;
        double perSequence = 0;
        foreach (MatrixSpec matrix in spec.Matrices)
        {
            double macs = (double)matrix.Rows * matrix.Columns;
            if (matrix.Name.StartsWith("encoder.layer.", StringComparison.Ordinal))
            {
                perToken += macs * spec.UsesPerBlock;
            }
            else if (matrix.Name.StartsWith("pooler.", StringComparison.Ordinal))
            {
                perSequence += macs;
            }
            else
            {
                perToken += macs;
            }
        }

        double head = (double)spec.OutputCount * spec.Dimensions.HiddenSize;
        perSequence += spec.HasPooler ? head : 0;
        perToken += spec.HasPooler ? 0 : head;
        return (perToken * tokens) + (perSequence * sequences);
    }
}
