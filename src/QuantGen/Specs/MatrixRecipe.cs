using QuantGen.Graph;
using QuantGen.Schemes;

namespace QuantGen.Specs;

/// <summary>How the codes of one matrix are found.</summary>
/// <param name="Traits">Who finds them.</param>
/// <param name="Clipping">How ranges are found, where the scheme clips.</param>
/// <param name="GroupClipping">How the range of each group of rows is found, as numbers of <see cref="QuantGen.Clipping"/>; empty when all are equal.</param>
public sealed record MatrixRecipe(SchemeTraits Traits, Clipping Clipping = Clipping.MinMax, EquatableArray<int> GroupClipping = default)
{
    /// <summary>Gets how the range of a group of rows is found.</summary>
    /// <param name="group">The group.</param>
    public Clipping ClippingOf(int group) => GroupClipping.Count == 0 ? Clipping : (Clipping)GroupClipping[group];
}
