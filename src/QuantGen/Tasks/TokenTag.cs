namespace QuantGen.Tasks;

/// <summary>The tag of one token.</summary>
/// <param name="Piece">The word piece as the vocabulary has it.</param>
/// <param name="Start">Where the token starts in the text, in UTF-16 positions.</param>
/// <param name="End">The position after the token.</param>
/// <param name="Label">The label with the largest logit; the first of them where several are equal.</param>
/// <param name="LabelIndex">The label's index among the head's outputs.</param>
/// <param name="Probability">The label's softmax probability.</param>
public readonly record struct TokenTag(string Piece, int Start, int End, string Label, int LabelIndex, float Probability);
