using QuantGen.Tasks;

namespace QuantGen.Training.Evaluation;

/// <summary>What the outputs for labelled rows are worth, the main metric first.</summary>
internal static class RowMetrics
{
    /// <summary>Returns accuracy, and with two classes F1 and Matthews.</summary>
    public static List<KeyValuePair<string, double>> Classification(ReadOnlySpan<float> logits, int[] classes, int width)
    {
        int[] predictions = new int[classes.Length];
        for (int row = 0; row < predictions.Length; row++)
        {
            predictions[row] = ClassificationMetrics.ArgMax(logits.Slice(row * width, width));
        }

        List<KeyValuePair<string, double>> metrics = [new("accuracy", ClassificationMetrics.Accuracy(predictions, classes))];
        if (width == 2)
        {
            metrics.Add(new("f1", ClassificationMetrics.F1(predictions, classes)));
            metrics.Add(new("matthews", ClassificationMetrics.Matthews(predictions, classes)));
        }

        return metrics;
    }

    /// <summary>Returns Pearson and Spearman.</summary>
    public static List<KeyValuePair<string, double>> Correlations(float[] outputs, double[] targets)
    {
        double[] predictions = Array.ConvertAll(outputs, output => (double)output);
        return [new("pearson", CorrelationMetrics.Pearson(predictions, targets)), new("spearman", CorrelationMetrics.Spearman(predictions, targets))];
    }
}
