namespace QuantGen.Tokenization;

/// <summary>A part of a text.</summary>
/// <param name="Start">The first position.</param>
/// <param name="End">The position after the last one.</param>
public readonly record struct TextRange(int Start, int End);
