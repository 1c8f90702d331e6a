using QuantGen.Tasks;

namespace QuantGen.Extensions.AI;

/// <summary>Labels the words of texts.</summary>
public interface ITokenTagger
{
    /// <summary>Gets the labels in the order of the model's outputs.</summary>
    IReadOnlyList<string> Labels { get; }

    /// <summary>Labels the words of texts, each by its first piece.</summary>
    /// <param name="texts">The texts; they must not change before the task ends.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <returns>For each text, in order, a tag for each word, in text order.</returns>
    /// <exception cref="SequenceTooLongException">A text is too long and truncation was not asked for.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    Task<IReadOnlyList<IReadOnlyList<WordTag>>> TagAsync(IReadOnlyList<TextInput> texts, CancellationToken cancellation = default);
}
