using QuantGen.Training.Batching;

namespace QuantGen.Training.Losses;

/// <summary>Losses of question answering: a softmax over the tokens of a sequence says where the answer starts, another where it ends.</summary>
internal static class SpanLosses
{
    private const int Ends = 2;

    /// <summary>Counts the sequences whose answer starts inside, and those whose answer ends there.</summary>
    public static int[] Counted(IReadOnlyList<Batch> parts) => [.. Enumerable.Range(0, Ends).Select(end =>
        parts.Sum(part => Enumerable.Range(0, part.Examples.Count).Count(s => Place(part.Examples[s], end) < part.Examples[s].Length)))];

    /// <summary>Half the sum, over start and end, of the mean cross-entropy of the sequences whose answer lies inside, in shares of sequences.</summary>
    public static double[] CrossEntropy(float[] logits, float[] gradients, Batch batch, int[] counted)
    {
        double[] shares = new double[batch.Examples.Count];
        for (int s = 0; s < shares.Length; s++)
        {
            Example example = batch.Examples[s];
            for (int end = 0; end < Ends; end++)
            {
                int place = Place(example, end);
                if (place < example.Length)
                {
                    int first = batch.Inputs.Starts[s];
                    float[] own = Column(logits, first, example.Length, end);
                    double[] probabilities = new double[own.Length];
                    double normalizer = SoftmaxRow.Fill(own, 1, probabilities);
                    probabilities[place] -= 1;
                    shares[s] += (normalizer - own[place]) / (Ends * counted[end]);
                    Add(gradients, first, end, probabilities, 1.0 / (Ends * counted[end]));
                }
            }
        }

        return shares;
    }

    /// <summary>The sum, over start and end, of the mean over all tokens of the cross-entropy with the teacher's softmax, in shares of sequences.</summary>
    public static double[] SoftCrossEntropy(
        float[] logits, float[] teacher, float[] gradients, Batch batch, int wholeTokens, double temperature, double weight)
    {
        double[] shares = new double[batch.Examples.Count];
        double share = weight / wholeTokens;
        for (int s = 0; s < shares.Length; s++)
        {
            for (int end = 0; end < Ends; end++)
            {
                int first = batch.Inputs.Starts[s];
                int length = batch.Examples[s].Length;
                double[] difference = new double[length];
                shares[s] +=
                    share * SoftmaxRow.CrossEntropy(Column(logits, first, length, end), Column(teacher, first, length, end), temperature, difference);
                Add(gradients, first, end, difference, share / temperature);
            }
        }

        return shares;
    }

    private static int Place(Example example, int end) => Math.Max(0, end == 0 ? example.AnswerStart : example.AnswerEnd);

    private static float[] Column(float[] logits, int first, int length, int end)
    {
        float[] column = new float[length];
        for (int i = 0; i < length; i++)
        {
            column[i] = logits[(Ends * (first + i)) + end];
        }

        return column;
    }

    private static void Add(float[] gradients, int first, int end, double[] values, double factor)
    {
        for (int i = 0; i < values.Length; i++)
        {
            gradients[(Ends * (first + i)) + end] += (float)(values[i] * factor);
        }
    }
}
