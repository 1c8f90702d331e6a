using System.Runtime.InteropServices;
using QuantGen.Execution;
using QuantGen.Specs;
using QuantGen.Trainable;
using QuantGen.Training.Batching;
using QuantGen.Training.Data;

namespace QuantGen.Training.Evaluation;

/// <summary>Measures a model that tags words: F1, precision and recall of entities, and the share of words with the right tag.</summary>
public sealed class TagEvaluator : IModelEvaluator
{
    private readonly TagSet _tags;
    private readonly EvaluationPass _pass;

    /// <summary>Creates an evaluator.</summary>
    /// <param name="tags">The tagged sentences.</param>
    /// <param name="batchSize">Windows that are computed together. Results do not depend on it.</param>
    public TagEvaluator(TagSet tags, int batchSize)
    {
        ArgumentNullException.ThrowIfNull(tags);
        _tags = tags;
        _pass = new EvaluationPass(tags.Examples, batchSize);
    }

    /// <inheritdoc/>
    public (int Tokens, int Longest) Largest => _pass.Largest;

    /// <summary>Evaluates a loaded model.</summary>
    /// <param name="session">A model for token classification.</param>
    /// <param name="data">The sentences.</param>
    /// <param name="options">Windows, batches and order; null for defaults. Longer sentences are read in windows of <see cref="EvaluationOptions.MaxLength"/>
    /// tokens.</param>
    /// <param name="cancellation">Stops the work between two batches.</param>
    /// <exception cref="InvalidOperationException">The model has another head.</exception>
    public static ModelScore Evaluate(
        InferenceSession session, ConllDataset data, EvaluationOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(data);
        options ??= new EvaluationOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BatchTokens, 1, nameof(EvaluationOptions.BatchTokens));
        if (session.Spec.Head != BertHead.TokenClassification)
        {
            throw new InvalidOperationException(
                $"this model has the head {SpecNames.Of(session.Spec.Head)}, and only {SpecNames.Of(BertHead.TokenClassification)} " +
                    "can be evaluated on words with tags");
        }

        var tags = new TagSet(data, session.Tokenizer, session.Labels, options.MaxLength ?? session.MaxSequenceLength, cancellation);
        float[][] logits = new float[tags.Examples.Count][];
        var call = new CallOptions { Threads = options.Threads };
        int done = 0;
        foreach (RowBatch batch in RowBatch.Group(options.Order(logits.Length), index => tags.Examples[index], options.BatchTokens))
        {
            cancellation.ThrowIfCancellationRequested();
            float[] outputs = new float[batch.Ids.Count * session.Spec.OutputCount];
            session.Run(CollectionsMarshal.AsSpan(batch.Ids), CollectionsMarshal.AsSpan(batch.Types), CollectionsMarshal.AsSpan(batch.Lengths), outputs, call);
            int start = 0;
            foreach (int row in batch.Rows)
            {
                int count = tags.Examples[row].Length * session.Spec.OutputCount;
                logits[row] = outputs.AsSpan(start, count).ToArray();
                start += count;
            }

            done += batch.Rows.Count;
            options.Progress?.Report((double)done / logits.Length);
        }

        return Score(tags, logits);
    }

    /// <inheritdoc/>
    public FidelityResult Compare(ITrainableModel student, ITrainableModel teacher, CancellationToken cancellation)
        => _pass.Compare(student, teacher, cancellation);

    /// <inheritdoc/>
    public ModelScore Evaluate(ITrainableModel model, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Score(_tags, _pass.LogitsOfTokens(model, cancellation));
    }

    private static ModelScore Score(TagSet tags, float[][] logits)
    {
        (Tasks.EntityScore entities, double accuracy) = tags.Score(logits);
        return new ModelScore("f1", entities.F1, HigherIsBetter: true,
        [
            new("f1", entities.F1), new("precision", entities.Precision), new("recall", entities.Recall), new("accuracy", accuracy),
        ]);
    }
}
