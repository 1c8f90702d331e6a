using QuantGen.Tasks;

namespace QuantGen.Extensions.AI;

/// <summary>Gives texts, or pairs such as a query and a document, a number.</summary>
public interface ITextScorer
{
    /// <summary>Scores texts or pairs of texts.</summary>
    /// <param name="texts">The texts; they must not change before the task ends.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <returns>The model's output for each, in order.</returns>
    /// <exception cref="SequenceTooLongException">A text is too long and truncation was not asked for.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    Task<IReadOnlyList<float>> ScoreAsync(IReadOnlyList<TextInput> texts, CancellationToken cancellation = default);
}
