namespace QuantGen.Tasks;

/// <summary>An answer to a question, a part of the context.</summary>
/// <param name="Text">The part of the context; empty for "no answer".</param>
/// <param name="Start">Where the answer starts in the context, in UTF-16 positions.</param>
/// <param name="End">The position after the answer.</param>
/// <param name="Score">The sum of the start logit and the end logit.</param>
/// <param name="Probability">The softmax of the score among those of the list of answers.</param>
public readonly record struct Answer(string Text, int Start, int End, float Score, float Probability)
{
    /// <summary>Gets whether the context was found to hold an answer.</summary>
    public bool HasText => Text.Length > 0;
}
