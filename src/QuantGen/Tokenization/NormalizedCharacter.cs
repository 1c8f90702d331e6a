namespace QuantGen.Tokenization;

/// <summary>A code point of the normalized text and the part of the original text it stands for, in UTF-16 positions.</summary>
internal readonly record struct NormalizedCharacter(int CodePoint, int Start, int End);
