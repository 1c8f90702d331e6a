namespace QuantGen.Vectors;

/// <summary>A vector that a search found.</summary>
/// <param name="Index">The vector's place in the index, counted from 0.</param>
/// <param name="Score">How near it is; the larger the nearer. Of vectors of length 1 it is their cosine, exact or as near as the codes are.</param>
public readonly record struct SearchHit(int Index, float Score);
