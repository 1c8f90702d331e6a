using QuantGen.Tasks;
using QuantGen.Tokenization;
using QuantGen.Trainable;
using QuantGen.Training.Batching;
using QuantGen.Training.Data;

namespace QuantGen.Training.Evaluation;

/// <summary>Measures answers as the official SQuAD scripts do: F1 and exact match, in percent.</summary>
public sealed class QuestionEvaluator : IModelEvaluator
{
    private readonly QuestionSet _questions;
    private readonly EvaluationPass _pass;

    /// <summary>Creates an evaluator.</summary>
    /// <param name="questions">The questions.</param>
    /// <param name="batchSize">Windows that are computed together. Results do not depend on it.</param>
    public QuestionEvaluator(QuestionSet questions, int batchSize)
    {
        ArgumentNullException.ThrowIfNull(questions);
        _questions = questions;
        _pass = new EvaluationPass(questions.Examples, batchSize);
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
        float[][] logits = new float[_questions.Examples.Count][];
        _pass.Run(model, cancellation, (rows, batch, trace) =>
        {
            for (int i = 0; i < rows.Length; i++)
            {
                logits[rows[i]] = trace.Logits[(2 * batch.Inputs.Starts[i])..(2 * batch.Inputs.Starts[i + 1])];
            }
        });

        SquadVersion version = _questions.Data.HasUnanswerable ? SquadVersion.V2 : SquadVersion.V1;
        double exact = 0;
        double f1 = 0;
        int window = 0;
        for (int i = 0; i < _questions.Data.Questions.Count; i++)
        {
            SquadQuestion question = _questions.Data.Questions[i];
            int count = _questions.Windows[i].Windows.Count;
            string answer = Answer(question, _questions.Windows[i], [.. logits[window..(window + count)].SelectMany(row => row)]);
            window += count;
            string[] golds = [.. question.Answers.Select(gold => gold.Text)];
            exact += SquadMetrics.ExactMatch(answer, golds, version);
            f1 += SquadMetrics.F1(answer, golds, version);
        }

        double scale = 100.0 / _questions.Data.Questions.Count;
        return new ModelScore("f1", scale * f1, HigherIsBetter: true, [new("f1", scale * f1), new("exact_match", scale * exact)]);
    }

    private string Answer(SquadQuestion question, QuestionWindows windows, float[] logits)
    {
        IReadOnlyList<SpanCandidate> candidates = SpanSearch.Find(logits, windows.Windows, windows.Offsets.Count, _questions.Options);
        bool isNone = candidates.Count == 0 || (_questions.Data.HasUnanswerable && SpanSearch.NoAnswerScore(logits, windows.Windows) > candidates[0].Score);
        if (isNone)
        {
            return string.Empty;
        }

        TextRange start = windows.Offsets[candidates[0].Start];
        TextRange end = windows.Offsets[candidates[0].End];
        return question.Context[start.Start..end.End];
    }
}
