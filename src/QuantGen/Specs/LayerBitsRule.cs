namespace QuantGen.Specs;

/// <summary>One <c>[LayerBits]</c>: a pattern of matrix names and the bits it gives them.</summary>
/// <param name="Pattern">The pattern as the user wrote it.</param>
/// <param name="Bits">Bits of a weight.</param>
public sealed record LayerBitsRule(string Pattern, int Bits);
