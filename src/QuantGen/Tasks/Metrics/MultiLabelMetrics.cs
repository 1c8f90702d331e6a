namespace QuantGen.Tasks;

/// <summary>Computes metrics of predictions in which any number of labels may hold.</summary>
public static class MultiLabelMetrics
{
    /// <summary>Returns F1 of one label, <c>2 TP / (2 TP + FP + FN)</c>; 0 where that is 0 / 0.</summary>
    /// <param name="predictions">Whether each label holds, <c>[rows, labels]</c>.</param>
    /// <param name="truth">Whether it does in truth, as many.</param>
    /// <param name="labels">Labels of a row.</param>
    /// <param name="label">Which, from 0.</param>
    /// <exception cref="ArgumentException">The lengths differ, are 0, or are no multiple of the labels.</exception>
    public static double LabelF1(ReadOnlySpan<bool> predictions, ReadOnlySpan<bool> truth, int labels, int label)
    {
        CheckLengths(predictions.Length, truth.Length, labels);
        return F1(Count(predictions, truth, labels, label));
    }

    /// <summary>Returns F1 of all decisions together: those of all rows and labels are counted as if they were one label's.</summary>
    /// <param name="predictions">Whether each label holds, <c>[rows, labels]</c>.</param>
    /// <param name="truth">Whether it does in truth, as many.</param>
    /// <param name="labels">Labels of a row.</param>
    /// <exception cref="ArgumentException">The lengths differ, are 0, or are no multiple of the labels.</exception>
    public static double MicroF1(ReadOnlySpan<bool> predictions, ReadOnlySpan<bool> truth, int labels)
    {
        CheckLengths(predictions.Length, truth.Length, labels);
        return F1(Count(predictions, truth, 1, 0));
    }

    /// <summary>Returns the mean of the labels' F1.</summary>
    /// <param name="predictions">Whether each label holds, <c>[rows, labels]</c>.</param>
    /// <param name="truth">Whether it does in truth, as many.</param>
    /// <param name="labels">Labels of a row.</param>
    /// <exception cref="ArgumentException">The lengths differ, are 0, or are no multiple of the labels.</exception>
    public static double MacroF1(ReadOnlySpan<bool> predictions, ReadOnlySpan<bool> truth, int labels)
    {
        CheckLengths(predictions.Length, truth.Length, labels);
        double sum = 0;
        for (int label = 0; label < labels; label++)
        {
            sum += F1(Count(predictions, truth, labels, label));
        }

        return sum / labels;
    }

    /// <summary>Returns the share of rows whose labels are all right.</summary>
    /// <param name="predictions">Whether each label holds, <c>[rows, labels]</c>.</param>
    /// <param name="truth">Whether it does in truth, as many.</param>
    /// <param name="labels">Labels of a row.</param>
    /// <exception cref="ArgumentException">The lengths differ, are 0, or are no multiple of the labels.</exception>
    public static double ExactMatch(ReadOnlySpan<bool> predictions, ReadOnlySpan<bool> truth, int labels)
    {
        CheckLengths(predictions.Length, truth.Length, labels);
        int right = 0;
        for (int i = 0; i < truth.Length; i += labels)
        {
            right += predictions.Slice(i, labels).SequenceEqual(truth.Slice(i, labels)) ? 1 : 0;
        }

        return (double)right * labels / truth.Length;
    }

    private static (int Right, int Wrong) Count(ReadOnlySpan<bool> predictions, ReadOnlySpan<bool> truth, int step, int first)
    {
        (int right, int wrong) = (0, 0);
        for (int i = first; i < truth.Length; i += step)
        {
            right += predictions[i] && truth[i] ? 1 : 0;
            wrong += predictions[i] != truth[i] ? 1 : 0;
        }

        return (right, wrong);
    }

    private static double F1((int Right, int Wrong) counts) =>
        counts is (0, 0) ? 0 : 2.0 * counts.Right / ((2.0 * counts.Right) + counts.Wrong);

    private static void CheckLengths(int predictions, int truth, int labels)
    {
        if (labels < 1 || truth == 0 || predictions != truth || truth % labels != 0)
        {
            throw new ArgumentException($"{predictions} predictions and {truth} true values are given, and each row has {labels} labels.");
        }
    }
}
