using System.Runtime.InteropServices;
using QuantGen.Execution;
using QuantGen.Specs;
using QuantGen.Tasks;
using QuantGen.Training.Data;

namespace QuantGen.Training.Evaluation;

/// <summary>Measures a model on a data set: accuracy, and with two classes F1 and Matthews; Pearson and Spearman for a real output.</summary>
public static class Evaluator
{
    /// <summary>Evaluates a model.</summary>
    /// <param name="session">A model for sequence classification or regression.</param>
    /// <param name="data">Labelled rows; the label of a class is its index among the model's labels.</param>
    /// <param name="file">What messages call the data.</param>
    /// <param name="options">Truncation, batches and order; null for defaults.</param>
    /// <param name="cancellation">Stops the work between two batches.</param>
    /// <exception cref="InvalidOperationException">The model's head gives no class and no real output.</exception>
    /// <exception cref="DataFormatException">Rows lack labels, a label is no class of the model, or a row is longer than the model takes.</exception>
    public static EvaluationResult Evaluate(
        InferenceSession session, TsvDataset data, string file, EvaluationOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(file);
        options ??= new EvaluationOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BatchTokens, 1, nameof(EvaluationOptions.BatchTokens));
        if (session.Spec.Head is not (BertHead.SequenceClassification or BertHead.Regression))
        {
            throw new InvalidOperationException(
                $"this model has the head {SpecNames.Of(session.Spec.Head)}, and only {SpecNames.Of(BertHead.SequenceClassification)} and {SpecNames.Of(BertHead.Regression)} can be evaluated on labelled rows");
        }

        if (!data.HasLabels)
        {
            throw new DataFormatException(file, 1, "a column 'label'", "none");
        }

        bool isRegression = session.Spec.Head == BertHead.Regression;
        int[] classes = isRegression ? [] : Classes(session, data, file);
        float[] logits = Run(session, data, file, options, cancellation);
        var metrics = isRegression ? Correlations(logits, data) : Classification(logits, classes, session.Spec.OutputCount);
        return new EvaluationResult(logits, session.Spec.OutputCount, metrics);
    }

    private static int[] Classes(InferenceSession session, TsvDataset data, string file)
    {
        int[] classes = new int[data.Rows.Count];
        for (int row = 0; row < classes.Length; row++)
        {
            double value = data.Rows[row].LabelValue;
            if (value != Math.Floor(value) || value < 0 || value >= session.Spec.OutputCount)
            {
                throw new DataFormatException(
                    file, row + 2, FormattableString.Invariant($"a label from 0 to {session.Spec.OutputCount - 1}, the classes of this model"), $"'{data.Rows[row].Label}'");
            }

            classes[row] = (int)value;
        }

        return classes;
    }

    private static float[] Run(InferenceSession session, TsvDataset data, string file, EvaluationOptions options, CancellationToken cancellation)
    {
        int width = session.Spec.OutputCount;
        float[] logits = new float[data.Rows.Count * width];
        int[] order = [.. Enumerable.Range(0, data.Rows.Count)];
        if (options.ShuffleSeed is int seed)
        {
            new Random(seed).Shuffle(order);
        }

        var call = new CallOptions { Threads = options.Threads };
        int done = 0;
        foreach (RowBatch batch in new EncodedRows(session, file, options.MaxLength).Batches(data.Rows, order, options.BatchTokens))
        {
            cancellation.ThrowIfCancellationRequested();
            float[] outputs = new float[batch.Rows.Count * width];
            session.Run(CollectionsMarshal.AsSpan(batch.Ids), CollectionsMarshal.AsSpan(batch.Types), CollectionsMarshal.AsSpan(batch.Lengths), outputs, call);
            for (int i = 0; i < batch.Rows.Count; i++)
            {
                outputs.AsSpan(i * width, width).CopyTo(logits.AsSpan(batch.Rows[i] * width));
            }

            done += batch.Rows.Count;
            options.Progress?.Report((double)done / data.Rows.Count);
        }

        return logits;
    }

    private static List<KeyValuePair<string, double>> Classification(float[] logits, int[] classes, int width)
    {
        int[] predictions = new int[classes.Length];
        for (int row = 0; row < predictions.Length; row++)
        {
            predictions[row] = ClassificationMetrics.ArgMax(logits.AsSpan(row * width, width));
        }

        List<KeyValuePair<string, double>> metrics = [new("accuracy", ClassificationMetrics.Accuracy(predictions, classes))];
        if (width == 2)
        {
            metrics.Add(new("f1", ClassificationMetrics.F1(predictions, classes)));
            metrics.Add(new("matthews", ClassificationMetrics.Matthews(predictions, classes)));
        }

        return metrics;
    }

    private static List<KeyValuePair<string, double>> Correlations(float[] logits, TsvDataset data)
    {
        double[] predictions = Array.ConvertAll(logits, logit => (double)logit);
        double[] targets = [.. data.Rows.Select(row => row.LabelValue)];
        return [new("pearson", CorrelationMetrics.Pearson(predictions, targets)), new("spearman", CorrelationMetrics.Spearman(predictions, targets))];
    }
}
