namespace QuantGen.Specs;

/// <summary>A run of stored rows with the same bits.</summary>
/// <param name="Bits">Bits of a weight.</param>
/// <param name="FirstRow">The first stored row.</param>
/// <param name="Rows">How many rows.</param>
public readonly record struct RowSegment(int Bits, int FirstRow, int Rows);
