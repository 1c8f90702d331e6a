using QuantGen.Training.Batching;

namespace QuantGen.Training.Losses;

/// <summary>Losses of question answering: a softmax over the tokens of a sequence says where the answer starts, another where it ends.</summary>
internal static class SpanLosses
{
    private const int Ends = 2;

    /// <summary>Half the sum, over start and end, of the mean cross-entropy of the sequences whose answer lies inside.</summary>
    public static double CrossEntropy(float[] logits, float[] gradients, Batch batch)
    {
        double total = 0;
        for (int end = 0; end < Ends; end++)
        {
            int which = end;
            int[] places = [.. batch.Examples.Select(example => Math.Max(0, which == 0 ? example.AnswerStart : example.AnswerEnd))];
            int counted = places.Where((place, s) => place < batch.Examples[s].Length).Count();
            for (int s = 0; s < places.Length; s++)
            {
                if (places[s] < batch.Examples[s].Length)
                {
                    int first = batch.Inputs.Starts[s];
                    float[] own = Column(logits, first, batch.Examples[s].Length, end);
                    double[] probabilities = new double[own.Length];
                    double normalizer = SoftmaxRow.Fill(own, 1, probabilities);
                    probabilities[places[s]] -= 1;
                    total += (normalizer - own[places[s]]) / (Ends * counted);
                    Add(gradients, first, end, probabilities, 1.0 / (Ends * counted));
                }
            }
        }

        return total;
    }

    /// <summary>The sum, over start and end, of the mean over all tokens of the cross-entropy with the teacher's softmax.</summary>
    public static double SoftCrossEntropy(float[] logits, float[] teacher, float[] gradients, Batch batch, double temperature, double weight)
    {
        double total = 0;
        double share = weight / batch.Inputs.TokenCount;
        for (int end = 0; end < Ends; end++)
        {
            for (int s = 0; s < batch.Examples.Count; s++)
            {
                int first = batch.Inputs.Starts[s];
                int length = batch.Examples[s].Length;
                double[] difference = new double[length];
                total += share * SoftmaxRow.CrossEntropy(Column(logits, first, length, end), Column(teacher, first, length, end), temperature, difference);
                Add(gradients, first, end, difference, share / temperature);
            }
        }

        return total;
    }

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
