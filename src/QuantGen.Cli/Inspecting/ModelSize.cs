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
    /// Counts the multiply-adds of all linear layers but a masked language model's transform and decoder, as often as a pass runs them: under a pooled head
    /// much of the last layer only for the first token of each sequence.
    /// </summary>
    public static double LinearMacs(ModelSpec spec, long tokens, long sequences)
    {
        ModelGraph graph = spec.Graph;
        double macs = 0;
        foreach (PhasePart part in PhaseList.Of(graph).SelectMany(phase => phase.Parts))
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
