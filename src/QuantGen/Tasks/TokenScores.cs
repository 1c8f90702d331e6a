namespace QuantGen.Tasks;

/// <summary>A token of a text and how likely each tag is.</summary>
/// <param name="Start">Where the token starts in the text.</param>
/// <param name="End">The position after the token.</param>
/// <param name="Continues">Whether the token belongs to the word of the one before it.</param>
/// <param name="Probabilities">The softmax probabilities of all tags.</param>
internal readonly record struct TokenScores(int Start, int End, bool Continues, float[] Probabilities);
