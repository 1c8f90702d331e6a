using QuantGen.Training.Batching;

namespace QuantGen.Training.Losses;

/// <summary>Losses of outputs that come in rows; each adds its gradient to what is there already.</summary>
internal static class RowLosses
{
    /// <summary>Mean over the counted rows of the cross-entropy with their classes.</summary>
    public static double CrossEntropy(float[] logits, float[] gradients, int rows, int classes, int[] targets, int threads)
    {
        int counted = targets.AsSpan(0, rows).Length - targets.AsSpan(0, rows).Count(Example.Ignored);
        return counted == 0 ? 0 : Sum(rows, threads, row =>
        {
            if (targets[row] == Example.Ignored)
            {
                return 0;
            }

            ReadOnlySpan<float> own = logits.AsSpan(row * classes, classes);
            double[] probabilities = new double[classes];
            double normalizer = SoftmaxRow.Fill(own, 1, probabilities);
            probabilities[targets[row]] -= 1;
            Add(gradients, row * classes, probabilities, 1.0 / counted);
            return normalizer - own[targets[row]];
        }) / counted;
    }

    /// <summary>Mean over rows and classes of the cross-entropy with the teacher's softmax.</summary>
    public static double SoftCrossEntropy(float[] logits, float[] teacher, float[] gradients, int rows, int classes, double temperature, int threads)
    {
        double count = (double)rows * classes;
        return Sum(rows, threads, row =>
        {
            double[] difference = new double[classes];
            double loss = SoftmaxRow.CrossEntropy(logits.AsSpan(row * classes, classes), teacher.AsSpan(row * classes, classes), temperature, difference);
            Add(gradients, row * classes, difference, 1 / (count * temperature));
            return loss;
        }) / count;
    }

    /// <summary>Mean of the squared differences to numbers.</summary>
    public static double Squares(float[] outputs, float[] gradients, ReadOnlySpan<double> wanted)
    {
        double sum = 0;
        for (int i = 0; i < wanted.Length; i++)
        {
            double difference = outputs[i] - wanted[i];
            sum += difference * difference;
            gradients[i] += (float)(2 * difference / wanted.Length);
        }

        return sum / wanted.Length;
    }

    private static double Sum(int rows, int threads, Func<int, double> run)
    {
        double[] losses = new double[rows];

        // Few short rows are done sooner than they are handed out.
        FixedChunks.Each(rows, rows < 64 ? 1 : threads, row => losses[row] = run(row));
        return FixedChunks.Fold(losses);
    }

    private static void Add(float[] gradients, int first, double[] values, double factor)
    {
        for (int i = 0; i < values.Length; i++)
        {
            gradients[first + i] += (float)(values[i] * factor);
        }
    }
}
