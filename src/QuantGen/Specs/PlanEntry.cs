using QuantGen.Graph;

namespace QuantGen.Specs;

/// <summary>What a plan says of the matrices that a pattern matches; null means the plan is silent. Compared by value.</summary>
/// <param name="Pattern">A matrix name or pattern.</param>
/// <param name="Bits">Bits of a weight.</param>
/// <param name="GroupCount">Groups along output rows.</param>
/// <param name="GroupSize">Inputs that share a scale.</param>
/// <param name="Mapping">Symmetric or asymmetric.</param>
/// <param name="GroupBits">Bits of each group of rows; empty when all are equal.</param>
public sealed record PlanEntry(string Pattern, int? Bits, int? GroupCount, int? GroupSize, Mapping? Mapping, EquatableArray<int> GroupBits)
{
    /// <summary>Gets how weights are stored.</summary>
    public Storage? Storage { get; init; }

    /// <summary>Gets for how many groups the recipe's part of the plan lists a clipping; 0 without a list.</summary>
    public int ListedClippings { get; init; }

    /// <summary>Gets how many groups the plan lists something for; that many there are unless it says otherwise.</summary>
    public int ListedGroups => Math.Max(GroupBits.Count, ListedClippings);
}
