using QuantGen.Quantization;
using QuantGen.Schemes;
using QuantGen.Specs;
using QuantGen.Trainable;
using QuantGen.Training.Batching;
using QuantGen.Training.Losses;

namespace QuantGen.Training.Distillation;

/// <summary>How far a student's answers are from its teacher's when one group of its matrices is rounded.</summary>
/// <param name="student">The student in full precision.</param>
/// <param name="teacher">The teacher.</param>
/// <param name="pairs">The student with all matrices split.</param>
/// <param name="threads">The most threads.</param>
internal sealed class SplitLosses(ITrainableModel student, ITrainableModel teacher, ModelSpec pairs, int threads)
{
    private const int TernaryBits = 2;

    private readonly Objective _objective = new(student.Spec, new LossOptions { Transformer = false, GroundTruth = false }, teacher.Spec, threads);

    /// <summary>Computes the loss of every group in one bit and as ternary weights.</summary>
    /// <returns>Both for each group, means over the batches.</returns>
    public double[][] Of(SplitGroup[] groups, Batch[] batches, CancellationToken cancellation)
    {
        double[][] losses = [.. groups.Select(_ => new double[2])];
        foreach (Batch batch in batches)
        {
            teacher.Forward(batch.Inputs, new ForwardOptions(ForwardPurpose.Evaluate));
            for (int group = 0; group < groups.Length; group++)
            {
                losses[group][0] += Loss(groups[group], batch, bits: 1, cancellation) / batches.Length;
                losses[group][1] += Loss(groups[group], batch, TernaryBits, cancellation) / batches.Length;
            }
        }

        return losses;
    }

    private double Loss(SplitGroup group, Batch batch, int bits, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        Parameter[] weights = [.. group.Matrices.Select(name => student.Parameters.First(parameter => parameter.Name == name + ".weight"))];
        float[][] kept = Array.ConvertAll(weights, weight => (float[])weight.Values.Clone());
        for (int i = 0; i < weights.Length; i++)
        {
            SchemeQuantizer.Quantize(MatrixOf(group.Matrices[i]) with { Bits = bits, Storage = Storage.Uniform }, WeightFitter.Ternary, kept[i])
                .Dequantize(weights[i].Values);
        }

        student.Forward(batch.Inputs, new ForwardOptions(ForwardPurpose.Evaluate));
        double loss = _objective.Compute(student, batch, teacher.Trace).Total;
        for (int i = 0; i < weights.Length; i++)
        {
            kept[i].CopyTo(weights[i].Values, 0);
        }

        return loss;
    }

    private MatrixSpec MatrixOf(string name) => name == PackedLayout.WordEmbedding ? SchemeQuantizer.EmbeddingPair(pairs) : pairs.Matrix(name);
}
