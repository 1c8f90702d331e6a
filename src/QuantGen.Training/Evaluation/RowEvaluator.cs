using QuantGen.Trainable;
using QuantGen.Training.Batching;

namespace QuantGen.Training.Evaluation;

/// <summary>Measures a classifier or a regression on labelled rows: accuracy, or Pearson's correlation.</summary>
public sealed class RowEvaluator : IModelEvaluator
{
    private const double Threshold = 0.5;

    private readonly IReadOnlyList<Example> _examples;
    private readonly EvaluationPass _pass;
    private readonly IReadOnlyList<string> _labels;

    /// <summary>Creates an evaluator.</summary>
    /// <param name="examples">Labelled examples; at least one.</param>
    /// <param name="batchSize">Examples that are computed together. Results do not depend on it.</param>
    /// <param name="labels">The names of the model's classes; needed only where any number of them may hold.</param>
    public RowEvaluator(IReadOnlyList<Example> examples, int batchSize, IReadOnlyList<string>? labels = null)
    {
        ArgumentNullException.ThrowIfNull(examples);
        _examples = examples;
        _labels = labels ?? [];
        _pass = new EvaluationPass(examples, batchSize);
    }

    /// <inheritdoc/>
    public (int Tokens, int Longest) Largest => _pass.Largest;

    /// <inheritdoc/>
    public FidelityResult Compare(ITrainableModel student, ITrainableModel teacher, CancellationToken cancellation)
        => _pass.Compare(student, teacher, cancellation);

    /// <inheritdoc/>
    public ModelScore Evaluate(ITrainableModel model, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(model);
        float[] logits = Logits(model, cancellation);
        List<KeyValuePair<string, double>> metrics = _examples[0].Classes is not null
            ? RowMetrics.Labels(logits, [.. _examples.Select(example => example.Classes!)], _labels, Threshold)
            : model.Spec.Head == BertHead.Regression
            ? RowMetrics.Correlations(logits, [.. _examples.Select(example => example.Label)])
            : RowMetrics.Classification(logits, [.. _examples.Select(example => (int)example.Label)], model.Spec.OutputCount);
        return new ModelScore(metrics[0].Key, metrics[0].Value, HigherIsBetter: true, metrics);
    }

    /// <summary>Computes the outputs of all examples, in their order.</summary>
    /// <param name="model">The model.</param>
    /// <param name="cancellation">Stops the work between two batches.</param>
    public float[] Logits(ITrainableModel model, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(model);
        int width = model.Spec.OutputCount;
        float[] logits = new float[_examples.Count * width];
        _pass.Run(model, cancellation, (rows, _, trace) =>
        {
            for (int i = 0; i < rows.Length; i++)
            {
                trace.Logits.AsSpan(i * width, width).CopyTo(logits.AsSpan(rows[i] * width));
            }
        });
        return logits;
    }
}
