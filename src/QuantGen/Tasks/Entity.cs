namespace QuantGen.Tasks;

/// <summary>A part of a text that names something.</summary>
/// <param name="Text">The part as the text has it.</param>
/// <param name="Start">Where it starts in the text, in UTF-16 positions.</param>
/// <param name="End">The position after it.</param>
/// <param name="Label">What is named, such as PER: a tag without its B-, I-, E- or S-.</param>
/// <param name="Score">The mean probability of the tags of its pieces or words.</param>
public readonly record struct Entity(string Text, int Start, int End, string Label, float Score);
