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

    /// <summary>Returns micro and macro F1 of labels of which any number may hold, the share of rows that are right in all, and F1 of each label.</summary>
    public static List<KeyValuePair<string, double>> Labels(float[] logits, int[][] classes, IReadOnlyList<string> labels, double threshold)
    {
        int width = labels.Count;
        bool[] predictions = Array.ConvertAll(logits, logit => LabelChoice.Sigmoid(logit) >= threshold);
        bool[] truth = new bool[predictions.Length];
        for (int row = 0; row < classes.Length; row++)
        {
            Array.ForEach(classes[row], label => truth[(row * width) + label] = true);
        }

        return
        [
            new("micro_f1", MultiLabelMetrics.MicroF1(predictions, truth, width)),
            new("macro_f1", MultiLabelMetrics.MacroF1(predictions, truth, width)),
            new("exact_match", MultiLabelMetrics.ExactMatch(predictions, truth, width)),
            .. labels.Select((label, i) => KeyValuePair.Create($"f1 {label}", MultiLabelMetrics.LabelF1(predictions, truth, width, i))),
        ];
    }

    /// <summary>Returns what the order is worth that outputs give the documents of each query: means over queries, at a depth of ten.</summary>
    public static List<KeyValuePair<string, double>> Ranking(IReadOnlyList<double> outputs, IReadOnlyList<(string Query, double Relevance)> rows)
    {
        const int Depth = 10;
        (double[] Scores, double[] Relevances)[] queries =
        [
            .. Enumerable.Range(0, rows.Count).GroupBy(i => rows[i].Query)
                .Select(query => (query.Select(i => outputs[i]).ToArray(), query.Select(i => rows[i].Relevance).ToArray())),
        ];
        return
        [
            new("ndcg@10", queries.Average(query => RankingMetrics.NormalizedGain(query.Scores, query.Relevances, Depth))),
            new("mrr@10", queries.Average(query => RankingMetrics.ReciprocalRank(query.Scores, query.Relevances, Depth))),
            new("recall@10", queries.Average(query => RankingMetrics.Recall(query.Scores, query.Relevances, Depth))),
        ];
    }

    /// <summary>Returns Pearson and Spearman.</summary>
    public static List<KeyValuePair<string, double>> Correlations(float[] outputs, double[] targets)
    {
        double[] predictions = Array.ConvertAll(outputs, output => (double)output);
        return [new("pearson", CorrelationMetrics.Pearson(predictions, targets)), new("spearman", CorrelationMetrics.Spearman(predictions, targets))];
    }
}
