namespace QuantGen.Tasks;

/// <summary>Computes the classification metrics of GLUE.</summary>
public static class ClassificationMetrics
{
    /// <summary>Returns the index of the largest logit; the lowest index of equals.</summary>
    /// <param name="logits">At least one logit; NaN is never the largest.</param>
    /// <exception cref="ArgumentException">There is no logit.</exception>
    public static int ArgMax(ReadOnlySpan<float> logits)
    {
        if (logits.IsEmpty)
        {
            throw new ArgumentException("The largest of no logits was asked for.", nameof(logits));
        }

        int best = 0;
        for (int i = 1; i < logits.Length; i++)
        {
            if (logits[i] > logits[best] || (float.IsNaN(logits[best]) && !float.IsNaN(logits[i])))
            {
                best = i;
            }
        }

        return best;
    }

    /// <summary>Returns the share of predictions that equal their label.</summary>
    /// <param name="predictions">Predicted classes, at least one.</param>
    /// <param name="labels">True classes; the same length.</param>
    /// <exception cref="ArgumentException">The lengths differ or are 0.</exception>
    public static double Accuracy(ReadOnlySpan<int> predictions, ReadOnlySpan<int> labels)
    {
        CheckLengths(predictions.Length, labels.Length);
        int right = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            right += predictions[i] == labels[i] ? 1 : 0;
        }

        return (double)right / labels.Length;
    }

    /// <summary>Returns F1 of class 1, <c>2 TP / (2 TP + FP + FN)</c>; 0 when that is 0 / 0.</summary>
    /// <param name="predictions">Predicted classes, 0 or 1, at least one.</param>
    /// <param name="labels">True classes, 0 or 1; the same length.</param>
    /// <exception cref="ArgumentException">The lengths differ or are 0, or a class is neither 0 nor 1.</exception>
    public static double F1(ReadOnlySpan<int> predictions, ReadOnlySpan<int> labels)
    {
        BinaryCounts counts = Count(predictions, labels);
        double denominator = (2.0 * counts.TruePositives) + counts.FalsePositives + counts.FalseNegatives;
        return denominator == 0 ? 0 : 2.0 * counts.TruePositives / denominator;
    }

    /// <summary>Returns the Matthews correlation; 0 when predictions or labels are all of one class.</summary>
    /// <param name="predictions">Predicted classes, 0 or 1, at least one.</param>
    /// <param name="labels">True classes, 0 or 1; the same length.</param>
    /// <remarks><c>(TP TN - FP FN) / sqrt((TP + FP)(TP + FN)(TN + FP)(TN + FN))</c></remarks>
    /// <exception cref="ArgumentException">The lengths differ or are 0, or a class is neither 0 nor 1.</exception>
    public static double Matthews(ReadOnlySpan<int> predictions, ReadOnlySpan<int> labels)
    {
        (double tp, double tn, double fp, double fn) = Count(predictions, labels);
        double root = Math.Sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn));
        return root == 0 ? 0 : ((tp * tn) - (fp * fn)) / root;
    }

    private static BinaryCounts Count(ReadOnlySpan<int> predictions, ReadOnlySpan<int> labels)
    {
        CheckLengths(predictions.Length, labels.Length);
        double tp = 0;
        double tn = 0;
        double fp = 0;
        double fn = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            switch (predictions[i], labels[i])
            {
                case (1, 1):
                    tp++;
                    break;
                case (0, 0):
                    tn++;
                    break;
                case (1, 0):
                    fp++;
                    break;
                case (0, 1):
                    fn++;
                    break;
                default:
                    throw new ArgumentException($"Row {i} has prediction {predictions[i]} and label {labels[i]}; this metric is for classes 0 and 1.");
            }
        }

        return new BinaryCounts(tp, tn, fp, fn);
    }

    private static void CheckLengths(int predictions, int labels)
    {
        if (predictions != labels || labels == 0)
        {
            throw new ArgumentException(
                $"{predictions} predictions and {labels} labels are given; as many of one as of the other are needed, and at least one.");
        }
    }

    private readonly record struct BinaryCounts(double TruePositives, double TrueNegatives, double FalsePositives, double FalseNegatives);
}
