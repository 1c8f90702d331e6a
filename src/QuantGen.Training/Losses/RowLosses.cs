using System.Buffers;
using QuantGen.Training.Batching;

namespace QuantGen.Training.Losses;

/// <summary>Losses of outputs that come in rows; each adds its gradient to what is there already, and returns a mean in shares of rows.</summary>
internal static class RowLosses
{
    /// <summary>Mean over the counted rows, weighted by their classes, of the cross-entropy with these; a smoothed label gives a share to all
    /// classes. <c>counted</c> is the <see cref="CountedWeight"/> of the whole batch.</summary>
    public static double[] CrossEntropy(
        float[] logits, float[] gradients, int rows, int classes, int[] targets, double counted, LossOptions options, int threads)
    {
        double share = options.LabelSmoothing / classes;
        return counted == 0 ? [] : Shares(rows, threads, row =>
        {
            if (targets[row] == Example.Ignored)
            {
                return 0;
            }

            ReadOnlySpan<float> own = logits.AsSpan(row * classes, classes);
            double[] probabilities = ArrayPool<double>.Shared.Rent(classes);
            double normalizer = SoftmaxRow.Fill(own, 1, probabilities);
            double weight = options.ClassWeights?[targets[row]] ?? 1;
            double loss = normalizer - own[targets[row]];
            probabilities[targets[row]] -= 1;
            if (share > 0)
            {
                double all = 0;
                for (int i = 0; i < classes; i++)
                {
                    probabilities[i] -= share;
                    all += normalizer - own[i];
                }

                probabilities[targets[row]] += options.LabelSmoothing;
                loss = ((1 - options.LabelSmoothing) * loss) + (share * all);
            }

            SoftmaxRow.AddScaled(gradients.AsSpan(row * classes, classes), probabilities, weight / counted);
            ArrayPool<double>.Shared.Return(probabilities);
            return weight * loss / counted;
        });
    }

    /// <summary>Adds up the weights of the rows that are counted.</summary>
    public static double CountedWeight(IEnumerable<int> targets, IReadOnlyList<double>? weights)
    {
        double sum = 0;
        foreach (int target in targets)
        {
            sum += target == Example.Ignored ? 0 : weights?[target] ?? 1;
        }

        return sum;
    }

    /// <summary>Mean over rows, of which the whole batch has <c>whole</c>, and classes of the cross-entropy with the teacher's softmax.</summary>
    public static double[] SoftCrossEntropy(
        float[] logits, float[] teacher, float[] gradients, int rows, int classes, int whole, double temperature, int threads)
    {
        double count = (double)whole * classes;
        return Shares(rows, threads, row =>
        {
            double[] difference = ArrayPool<double>.Shared.Rent(classes);
            double loss = SoftmaxRow.CrossEntropy(logits.AsSpan(row * classes, classes), teacher.AsSpan(row * classes, classes), temperature, difference);
            SoftmaxRow.AddScaled(gradients.AsSpan(row * classes, classes), difference, 1 / (count * temperature));
            ArrayPool<double>.Shared.Return(difference);
            return loss / count;
        });
    }

    /// <summary>Mean of the squared differences to numbers, of which the whole batch has <c>whole</c>.</summary>
    public static double[] Squares(float[] outputs, float[] gradients, ReadOnlySpan<double> wanted, int whole)
    {
        double[] shares = new double[wanted.Length];
        for (int i = 0; i < wanted.Length; i++)
        {
            double difference = outputs[i] - wanted[i];
            shares[i] = difference * difference / whole;
            gradients[i] += (float)(2 * difference / whole);
        }

        return shares;
    }

    private static double[] Shares(int rows, int threads, Func<int, double> run)
    {
        double[] losses = new double[rows];

        // Few short rows are done sooner than they are handed out.
        FixedChunks.Each(rows, rows < 64 ? 1 : threads, row => losses[row] = run(row));
        return losses;
    }
}
