using QuantGen.Graph;

namespace QuantGen.Specs;

/// <summary>How the codes of the matrices that a pattern matches are found; null means what holds for all. Compared by value.</summary>
/// <param name="Pattern">A matrix name or pattern.</param>
/// <param name="Scheme">Who finds the codes.</param>
/// <param name="Clipping">How ranges are found.</param>
/// <param name="GroupClipping">How the range of each group of rows is found, as numbers of <see cref="QuantGen.Clipping"/>; empty when all are equal.</param>
public sealed record RecipeEntry(string Pattern, Scheme? Scheme, Clipping? Clipping, EquatableArray<int> GroupClipping);
