using System.Runtime.InteropServices;
using QuantGen.Execution;
using QuantGen.Tokenization;
using QuantGen.Training.Batching;
using QuantGen.Training.Losses;

namespace QuantGen.Training.Evaluation;

/// <summary>Measures a masked language model: loss, perplexity and accuracy on tokens hidden by a seed.</summary>
/// <remarks>
/// What is hidden, all of it behind the mask, is chosen by <see cref="HiddenTokens"/>: the same tokens as a training's evaluation
/// hides, whatever the batches are.
/// </remarks>
public static class MaskedTextEvaluator
{
    /// <summary>Evaluates a model.</summary>
    /// <param name="session">A masked language model.</param>
    /// <param name="texts">The texts; those without any token but special ones count for nothing.</param>
    /// <param name="file">What messages call the texts.</param>
    /// <param name="seed">Which tokens are hidden.</param>
    /// <param name="options">Truncation, batches and order; null for defaults.</param>
    /// <param name="cancellation">Stops the work between two batches.</param>
    /// <exception cref="InvalidOperationException">The model has another head, or no mask in its vocabulary.</exception>
    /// <exception cref="DataFormatException">A text is longer than the model takes, or none has a token to hide.</exception>
    public static MaskedEvaluation Evaluate(
        InferenceSession session, IReadOnlyList<string> texts, string file, ulong seed, EvaluationOptions? options = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(file);
        options ??= new EvaluationOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BatchTokens, 1, nameof(EvaluationOptions.BatchTokens));
        int mask = session.Tokenizer.MaskId ?? throw new InvalidOperationException($"the vocabulary has no '{session.Tokenizer.Options.MaskToken}'");
        var call = new CallOptions { Threads = options.Threads };
        double[] losses = new double[texts.Count];
        (int targets, int found, int done) = (0, 0, 0);
        foreach (RowBatch batch in new EncodedRows(session, file, options.MaxLength).Batches(texts, options.BatchTokens))
        {
            cancellation.ThrowIfCancellationRequested();
            List<(int Token, int Row, int Target)> hidden = Hide(batch, session.Tokenizer, mask, seed);
            int width = session.Spec.OutputCount;
            float[] outputs = new float[checked(hidden.Count * width)];
            int[] tokens = [.. hidden.Select(h => h.Token)];
            session.RunMasked(
                CollectionsMarshal.AsSpan(batch.Ids), CollectionsMarshal.AsSpan(batch.Types), CollectionsMarshal.AsSpan(batch.Lengths), tokens, outputs, call);
            for (int i = 0; i < hidden.Count; i++)
            {
                ReadOnlySpan<float> own = outputs.AsSpan(i * width, width);
                losses[hidden[i].Row] -= LogProbability(own, hidden[i].Target);
                found += Tasks.ClassificationMetrics.ArgMax(own) == hidden[i].Target ? 1 : 0;
            }

            targets += hidden.Count;
            done += batch.Rows.Count;
            options.Progress?.Report((double)done / texts.Count);
        }

        return targets > 0
            ? new MaskedEvaluation(losses.Sum() / targets, (double)found / targets, targets, texts.Count)
            : throw new DataFormatException(file, 0, "texts with a word to hide", "none");
    }

    /// <summary>Computes the logarithm of a word's probability.</summary>
    /// <param name="outputs">The outputs of one place, one per word piece.</param>
    /// <param name="target">The id of the word piece.</param>
    public static double LogProbability(ReadOnlySpan<float> outputs, int target) => outputs[target] - SoftmaxRow.LogSum(outputs);

    private static List<(int Token, int Row, int Target)> Hide(RowBatch batch, BertTokenizer tokenizer, int mask, ulong seed)
    {
        var hidden = new List<(int, int, int)>();
        int start = 0;
        for (int i = 0; i < batch.Rows.Count; i++)
        {
            int row = batch.Rows[i];
            foreach (int place in HiddenTokens.Choose(CollectionsMarshal.AsSpan(batch.Ids).Slice(start, batch.Lengths[i]), tokenizer, seed, row))
            {
                hidden.Add((start + place, row, batch.Ids[start + place]));
                batch.Ids[start + place] = mask;
            }

            start += batch.Lengths[i];
        }

        return hidden;
    }
}
