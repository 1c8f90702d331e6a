using QuantGen.Tasks;

namespace QuantGen.Extensions.AI;

/// <summary>Classifies texts. A program asks for this, and a test gives it something simpler than a model.</summary>
public interface ITextClassifier
{
    /// <summary>Gets the labels in the order of the model's outputs.</summary>
    IReadOnlyList<string> Labels { get; }

    /// <summary>Classifies texts or pairs of texts.</summary>
    /// <param name="texts">The texts; they must not change before the task ends.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <returns>A prediction for each, in order.</returns>
    /// <exception cref="SequenceTooLongException">A text is too long and truncation was not asked for.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    Task<IReadOnlyList<Prediction>> ClassifyAsync(IReadOnlyList<TextInput> texts, CancellationToken cancellation = default);
}
