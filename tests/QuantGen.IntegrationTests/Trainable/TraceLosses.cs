using QuantGen.Trainable;

namespace QuantGen.IntegrationTests.Trainable;

/// <summary>Losses over a trace by the book, in double precision: each adds its gradient to the trace's.</summary>
internal static class TraceLosses
{
    /// <summary>Clears the gradients and says that the loss will depend on everything.</summary>
    public static void Begin(ITrainableModel model, bool hidden = true, bool scores = true, bool logits = true)
    {
        TrainingTrace gradients = model.TraceGradients;
        (gradients.HasHidden, gradients.HasScores, gradients.HasLogits) = (hidden, scores, logits);
        foreach (float[] buffer in gradients.Hidden.Concat(gradients.Scores).Append(gradients.Logits))
        {
            Array.Clear(buffer);
        }

        foreach (Parameter parameter in model.Parameters)
        {
            Array.Clear(parameter.Gradients);
        }
    }

    /// <summary>Sums, over the parts, the mean squared difference from a target.</summary>
    public static double MeanSquares(float[][] values, double[][] targets, float[][] gradients)
    {
        double loss = 0;
        for (int l = 0; l < targets.Length; l++)
        {
            int count = targets[l].Length;
            for (int i = 0; i < count; i++)
            {
                double difference = values[l][i] - targets[l][i];
                loss += difference * difference / count;
                gradients[l][i] += (float)(2 * difference / count);
            }
        }

        return loss;
    }

    /// <summary>Computes the mean over rows of the cross-entropy with labels.</summary>
    public static double CrossEntropy(ITrainableModel model, int[] labels)
    {
        int classes = model.Spec.OutputCount;
        double loss = 0;
        for (int row = 0; row < labels.Length; row++)
        {
            double[] p = Softmax(Row(model.Trace.Logits, row, classes));
            loss -= Math.Log(p[labels[row]]) / labels.Length;
            for (int c = 0; c < classes; c++)
            {
                model.TraceGradients.Logits[(row * classes) + c] += (float)((p[c] - (c == labels[row] ? 1 : 0)) / labels.Length);
            }
        }

        return loss;
    }

    /// <summary>Computes the mean over rows and classes of the cross-entropy with a teacher's distribution.</summary>
    public static double SoftCrossEntropy(ITrainableModel model, double[] teacher)
    {
        int classes = model.Spec.OutputCount;
        double loss = 0;
        for (int row = 0; row < teacher.Length / classes; row++)
        {
            double[] student = Softmax(Row(model.Trace.Logits, row, classes));
            double[] target = Softmax(teacher.AsSpan(row * classes, classes).ToArray());
            for (int c = 0; c < classes; c++)
            {
                loss -= target[c] * Math.Log(student[c]) / teacher.Length;
                model.TraceGradients.Logits[(row * classes) + c] += (float)((student[c] - target[c]) / teacher.Length);
            }
        }

        return loss;
    }

    /// <summary>Computes a fixed mixture of all of a trace, with weights between -1 and 1 that differ everywhere: a loss that misses no path.</summary>
    public static double Mixture(ITrainableModel model)
    {
        TrainingTrace trace = model.Trace;
        TrainingTrace gradients = model.TraceGradients;
        double loss = 0;
        for (int l = 0; l < trace.Hidden.Length; l++)
        {
            loss += Mix(trace.Hidden[l], trace.HiddenCount, gradients.Hidden[l], 3 * l);
        }

        for (int l = 0; l < trace.Scores.Length; l++)
        {
            loss += Mix(trace.Scores[l], trace.ScoreCount, gradients.Scores[l], (3 * l) + 1);
        }

        return loss + Mix(trace.Logits, trace.LogitCount, gradients.Logits, 2);
    }

    /// <summary>Computes the same of numbers that are no trace.</summary>
    public static double Mixture(double[][] hidden, double[][] scores, double[] logits) =>
        hidden.Select((values, l) => Mix(values, 3 * l)).Sum() + scores.Select((values, l) => Mix(values, (3 * l) + 1)).Sum() + Mix(logits, 2);

    private static double Mix(double[] values, int salt) => values.Select((value, i) => MixtureWeight(i, salt, values.Length) * value).Sum();

    private static double MixtureWeight(int i, int salt, int count) => Math.Sin((1.7 * i) + salt) / Math.Sqrt(count);

    private static double Mix(float[] values, int count, float[] gradients, int salt)
    {
        double loss = 0;
        for (int i = 0; i < count; i++)
        {
            double weight = MixtureWeight(i, salt, count);
            loss += weight * values[i];
            gradients[i] += (float)weight;
        }

        return loss;
    }

    private static double[] Row(float[] values, int row, int columns) => [.. values.AsSpan(row * columns, columns).ToArray().Select(v => (double)v)];

    private static double[] Softmax(double[] logits)
    {
        double largest = logits.Max();
        double[] powers = [.. logits.Select(z => Math.Exp(z - largest))];
        double sum = powers.Sum();
        return [.. powers.Select(p => p / sum)];
    }
}
