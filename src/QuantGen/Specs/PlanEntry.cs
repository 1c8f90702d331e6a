using QuantGen.Graph;

namespace QuantGen.Specs;

/// <summary>What a plan says of the matrices that a pattern matches; null means the plan is silent. Compared by value.</summary>
/// <param name="Pattern">A matrix name or pattern.</param>
/// <param name="Bits">Bits of a weight.</param>
/// <param name="GroupCount">Groups along output rows.</param>
/// <param name="GroupSize">Inputs that share a scale.</param>
/// <param name="Mapping">Symmetric or asymmetric.</param>
/// <param name="Clipping">How ranges are found.</param>
/// <param name="GroupBits">Bits of each group of rows; empty when all are equal.</param>
public sealed record PlanEntry(
    string Pattern,
    int? Bits,
    int? GroupCount,
    int? GroupSize,
    Mapping? Mapping,
    Clipping? Clipping,
    EquatableArray<int> GroupBits)
{
    /// <summary>Gets the family of the quantizer.</summary>
    public Scheme? Scheme { get; init; }

    /// <summary>Gets how the range of each group of rows is found, as numbers of <see cref="QuantGen.Clipping"/>; empty when all are equal.</summary>
    public EquatableArray<int> GroupClipping { get; init; }
}
