using QuantGen.Graph;
using QuantGen.Specs;

namespace QuantGen.Cli.Inspecting;

/// <summary>Counts weights and multiplications.</summary>
internal static class ModelSize
{
    private const double BitsOfInstruction = 64;

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
    /// Counts the operations of a pass as the papers of low bits do: two for every multiply-add of layers and attention, all tokens in all layers, where a
    /// product of m by n bits is m n / 64 of one of floats, what one instruction of 64 bits does.
    /// </summary>
    /// <param name="spec">The model.</param>
    /// <param name="tokens">Tokens of the pass.</param>
    /// <param name="firstLayer">The first layer that counts; default all do.</param>
    public static double Flops(ModelSpec spec, int tokens, int firstLayer = 0)
    {
        double Share(int left, int right) =>
            left == Defaults.FullPrecisionBits || right == Defaults.FullPrecisionBits ? 1 : left * right / BitsOfInstruction;
        double operations = 0;
        foreach (MatrixSpec matrix in spec.Matrices.Where(matrix => LayerNames.Split(matrix.Name, out int layer, out _) && layer >= firstLayer))
        {
            double macs = (double)matrix.StoredRowCount * matrix.Columns * tokens * spec.Graph.UsesOf(matrix.Name);
            operations += 2 * macs * (matrix.HasIntegerProduct ? Share(matrix.Bits, spec.ActivationBits) : 1);
        }

        double attention = 2.0 * tokens * tokens * spec.Dimensions.AttentionWidth * (spec.Graph.Depth - firstLayer);
        int bits = spec.Attention == AttentionKind.Boolean ? 1 : spec.AttentionBits;
        return operations + (2 * attention * Share(bits, bits));
    }

    /// <summary>
    /// Counts the multiply-adds of all linear layers but a masked language model's transform and decoder, as often as a pass runs them: under a pooled head
    /// much of the last layer only for the first token of each sequence.
    /// </summary>
    /// <param name="spec">The model.</param>
    /// <param name="tokens">Tokens of the pass.</param>
    /// <param name="sequences">Its sequences.</param>
    /// <param name="firstLayer">The first layer that counts; default all do.</param>
    public static double LinearMacs(ModelSpec spec, long tokens, long sequences, int firstLayer = 0)
    {
        ModelGraph graph = spec.Graph;
        double macs = 0;
        foreach (PhasePart part in PhaseList.Of(graph).SelectMany(phase => phase.Parts).Where(part => part.Layer < 0 || part.Layer >= firstLayer))
        {
            foreach (LinearNode linear in part.Steps.OfType<LinearNode>().Where(linear => linear.IsQuantizable || linear == graph.OutputLayer))
            {
                bool isFirstOnly = part.Items is PhaseItems.Sequences or PhaseItems.Sequence || part.FirstTokens.Contains(linear);
                macs += (double)linear.Rows * linear.Width * (isFirstOnly ? sequences : tokens);
            }
        }

        return macs;
    }
}
