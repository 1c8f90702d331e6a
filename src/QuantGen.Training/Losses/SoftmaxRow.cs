namespace QuantGen.Training.Losses;

/// <summary>The softmax of one row of logits, in double precision.</summary>
internal static class SoftmaxRow
{
    /// <summary>Writes the probabilities.</summary>
    /// <returns>The logarithm of the sum of exponentials: <c>log p[i] = logits[i] / temperature - result</c>.</returns>
    public static double Fill(ReadOnlySpan<float> logits, double temperature, Span<double> probabilities)
    {
        double largest = double.NegativeInfinity;
        foreach (float logit in logits)
        {
            largest = Math.Max(largest, logit / temperature);
        }

        double sum = 0;
        for (int i = 0; i < logits.Length; i++)
        {
            probabilities[i] = Math.Exp((logits[i] / temperature) - largest);
            sum += probabilities[i];
        }

        for (int i = 0; i < logits.Length; i++)
        {
            probabilities[i] /= sum;
        }

        return largest + Math.Log(sum);
    }

    /// <summary>Returns the cross-entropy of the student's row under the teacher's, both given as logits.</summary>
    /// <param name="student">The student's logits.</param>
    /// <param name="teacher">The teacher's logits, as many.</param>
    /// <param name="temperature">What both are divided by.</param>
    /// <param name="difference">Receives the student's probabilities less the teacher's.</param>
    public static double CrossEntropy(ReadOnlySpan<float> student, ReadOnlySpan<float> teacher, double temperature, Span<double> difference)
    {
        double[] wanted = new double[teacher.Length];
        Fill(teacher, temperature, wanted);
        double normalizer = Fill(student, temperature, difference);
        double loss = 0;
        for (int i = 0; i < wanted.Length; i++)
        {
            loss -= wanted[i] * ((student[i] / temperature) - normalizer);
            difference[i] -= wanted[i];
        }

        return loss;
    }
}
