using QuantGen.Tasks;

namespace QuantGen.Extensions.AI;

/// <summary>Finds answers to questions inside texts.</summary>
public interface IQuestionAnswerer
{
    /// <summary>Finds the best answer to each question.</summary>
    /// <param name="questions">The questions with their contexts, which may be longer than the model's sequences.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <returns>An answer for each, in order.</returns>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    Task<IReadOnlyList<Answer>> AnswerAsync(IReadOnlyList<QuestionInput> questions, CancellationToken cancellation = default);
}
