using QuantGen.Trainable;
using QuantGen.Training.Batching;

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
        return new FoundAnswers(_questions, _pass.LogitsOfTokens(model, cancellation)).Score;
    }
}
