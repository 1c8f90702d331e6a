using QuantGen.Sentences;
using QuantGen.Trainable;

namespace QuantGen.Training.Losses;

/// <summary>Lets the vectors of texts be the teacher's: each its direction, and all of a batch the angles between them.</summary>
/// <remarks>
/// The mean of 1 - cos(s, t), and the mean of (S - T)^2 over all pairs of a batch, where S and T are the cosines of the student's and the teacher's vectors.
/// Dense layers are the teacher's and are not trained.
/// </remarks>
internal sealed class SentenceLoss(SentenceTask task, int threads)
{
    private readonly SentenceHead _head = task.Head;

    /// <summary>Adds the gradient with respect to the last hidden states to what is there.</summary>
    /// <returns>Both parts, weighted, in shares of texts. Angles between texts are those of a whole batch.</returns>
    public (double[] Sentence, double[] Similarity) Add(
        TrainingTrace student, TrainingTrace teacher, int[] starts, float[] gradient, int whole, double sentenceWeight, double similarityWeight)
    {
        int count = starts.Length - 1;
        int size = _head.HiddenSize;
        var passes = new SentencePass[count];
        double[][] targets = new double[count][];
        FixedChunks.Each(count, threads, i =>
        {
            passes[i] = new SentencePass(_head, student.Hidden[^1].AsSpan(starts[i] * size, (starts[i + 1] - starts[i]) * size), task.SkippedTokens);
            ReadOnlySpan<float> theirs = teacher.Hidden[^1].AsSpan(starts[i] * size, (starts[i + 1] - starts[i]) * size);
            targets[i] = UnitVectors.Of(new SentencePass(_head, theirs, task.SkippedTokens).Vector).Unit;
        });
        (double[] Unit, double Length)[] units = [.. passes.Select(pass => UnitVectors.Of(pass.Vector))];
        double[] cosines = new double[count];
        double[] squares = new double[count];
        FixedChunks.Each(count, threads, i =>
        {
            double[] own = new double[_head.Width];
            cosines[i] = sentenceWeight * (1 - UnitVectors.Dot(units[i].Unit, targets[i])) / whole;
            UnitVectors.AddScaled(own, targets[i], -sentenceWeight / whole);
            for (int j = 0; similarityWeight > 0 && j < count; j++)
            {
                double difference = UnitVectors.Dot(units[i].Unit, units[j].Unit) - UnitVectors.Dot(targets[i], targets[j]);
                squares[i] += similarityWeight * difference * difference / ((double)count * count);

                // A pair stands in the matrix twice, and its square has a slope of twice the difference.
                UnitVectors.AddScaled(own, units[j].Unit, 4 * similarityWeight * difference / ((double)count * count));
            }

            float[] vector = UnitVectors.Across(own, units[i].Unit, units[i].Length);
            passes[i].AddGradient(vector, student.Hidden[^1].AsSpan(starts[i] * size), gradient.AsSpan(starts[i] * size));
        });
        return (cosines, squares);
    }
}
