using System.Runtime.InteropServices;
using QuantGen.Execution;
using QuantGen.Specs;
using QuantGen.Training.Batching;
using QuantGen.Training.Data;

namespace QuantGen.Training.Evaluation;

/// <summary>Measures a model on a data set: accuracy, and with two classes F1 and Matthews; Pearson and Spearman for a real output, and for
/// the cosines of a sentence encoder's vectors; NDCG, MRR and recall of documents for queries; F1 of labels of which any number may hold.</summary>
public static class Evaluator
{
    /// <summary>Evaluates a model.</summary>
    /// <param name="session">A model for sequence classification or regression, or a sentence encoder.</param>
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
        if (session.Spec.Head is BertHead.Encoder or BertHead.Embedding)
        {
            return SentencePairs.Evaluate(session, data, file, options, cancellation);
        }

        if (session.Spec.Head is not (BertHead.SequenceClassification or BertHead.Regression))
        {
            throw new InvalidOperationException(
                $"this model has the head {SpecNames.Of(session.Spec.Head)}, and only {SpecNames.Of(BertHead.SequenceClassification)} and " +
                    $"{SpecNames.Of(BertHead.Regression)} can be evaluated on labelled rows");
        }

        ExampleEncoder.RequireLabels(data, file);

        bool isRegression = session.Spec.Head == BertHead.Regression;
        if (isRegression)
        {
            ExampleEncoder.RequireNumbers(data, file);
        }

        int[] classes = isRegression || data.HasManyLabels ? [] : ClassLabels.Of(data, session.Labels, file);
        int[][] many = data.HasManyLabels ? ClassLabels.AllOf(data, session.Labels, file) : [];
        float[] logits = Run(session, data, file, options, cancellation);
        var metrics = data.HasManyLabels ? RowMetrics.Labels(logits, many, session.Labels, options.Threshold)
            : !isRegression ? RowMetrics.Classification(logits, classes, session.Spec.OutputCount)
            : data.IsRanking ? RowMetrics.Ranking(Array.ConvertAll(logits, logit => (double)logit), [.. data.Rows.Select(row => (row.Text, row.LabelValue))])
            : RowMetrics.Correlations(logits, [.. data.Rows.Select(row => row.LabelValue)]);
        return new EvaluationResult(logits, session.Spec.OutputCount, metrics);
    }

    private static float[] Run(InferenceSession session, TsvDataset data, string file, EvaluationOptions options, CancellationToken cancellation)
    {
        int width = session.Spec.OutputCount;
        float[] logits = new float[data.Rows.Count * width];
        var call = new CallOptions { Threads = options.Threads };
        int done = 0;
        foreach (RowBatch batch in new EncodedRows(session, file, options.MaxLength).Batches(data.Rows, options.Order(data.Rows.Count), options.BatchTokens))
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
}
