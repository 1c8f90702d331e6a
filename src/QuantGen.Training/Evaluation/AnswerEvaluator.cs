using System.Runtime.InteropServices;
using QuantGen.Execution;
using QuantGen.Specs;
using QuantGen.Tokenization;
using QuantGen.Training.Batching;
using QuantGen.Training.Data;

namespace QuantGen.Training.Evaluation;

/// <summary>Measures a model's answers to questions as <see cref="QuestionEvaluator"/> does while one is trained.</summary>
public static class AnswerEvaluator
{
    /// <summary>Gets the tokens of a window when nothing else is said and the model takes as many.</summary>
    public const int DefaultMaxLength = 384;

    /// <summary>Evaluates a model.</summary>
    /// <param name="session">A model for question answering.</param>
    /// <param name="data">The questions.</param>
    /// <param name="options">Windows, batches and order; null for defaults. Longer contexts are read in windows of
    /// <see cref="EvaluationOptions.MaxLength"/> tokens.</param>
    /// <param name="cancellation">Stops the work between two batches.</param>
    /// <exception cref="InvalidOperationException">The model has another head.</exception>
    /// <exception cref="DataFormatException">A question leaves no room for its context.</exception>
    public static AnswerEvaluation Evaluate(
        InferenceSession session, SquadDataset data, EvaluationOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(data);
        options ??= new EvaluationOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BatchTokens, 1, nameof(EvaluationOptions.BatchTokens));
        if (session.Spec.Head != BertHead.QuestionAnswering)
        {
            throw new InvalidOperationException(
                $"this model has the head {SpecNames.Of(session.Spec.Head)}, and only {SpecNames.Of(BertHead.QuestionAnswering)} " +
                    "can be evaluated on questions");
        }

        int maxLength = options.MaxLength ?? Math.Min(DefaultMaxLength, session.MaxSequenceLength);
        var questions = new QuestionSet(data, session.Tokenizer, maxLength, cancellation: cancellation);
        var found = new FoundAnswers(questions, Run(session, questions, options, cancellation));
        return new AnswerEvaluation(
            found.Score, [.. data.Questions.Zip(found.Texts, (question, text) => KeyValuePair.Create(question.Id, text))], questions.Examples.Count);
    }

    private static float[][] Run(InferenceSession session, QuestionSet questions, EvaluationOptions options, CancellationToken cancellation)
    {
        EncodedText[] windows = [.. questions.Windows.SelectMany(question => question.Items)];
        float[][] logits = new float[windows.Length][];
        var call = new CallOptions { Threads = options.Threads };
        int done = 0;
        foreach (RowBatch batch in RowBatch.Group(options.Order(windows.Length), index => windows[index], options.BatchTokens))
        {
            cancellation.ThrowIfCancellationRequested();
            float[] outputs = new float[batch.Ids.Count * session.Spec.OutputCount];
            session.Run(CollectionsMarshal.AsSpan(batch.Ids), CollectionsMarshal.AsSpan(batch.Types), CollectionsMarshal.AsSpan(batch.Lengths), outputs, call);
            int start = 0;
            foreach (int row in batch.Rows)
            {
                int count = windows[row].Length * session.Spec.OutputCount;
                logits[row] = outputs.AsSpan(start, count).ToArray();
                start += count;
            }

            done += batch.Rows.Count;
            options.Progress?.Report((double)done / windows.Length);
        }

        return logits;
    }
}
