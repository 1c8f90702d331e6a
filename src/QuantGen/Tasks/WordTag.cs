namespace QuantGen.Tasks;

/// <summary>The tag of one word, which is that of its first piece (Devlin et al., 2019, section 5.3).</summary>
/// <param name="Text">The word as the text has it.</param>
/// <param name="Start">Where the word starts in the text, in UTF-16 positions.</param>
/// <param name="End">The position after the word.</param>
/// <param name="Label">The first piece's label.</param>
/// <param name="LabelIndex">The label's index among the head's outputs.</param>
/// <param name="Probability">The first piece's probability of the label.</param>
public readonly record struct WordTag(string Text, int Start, int End, string Label, int LabelIndex, float Probability);
