using QuantGen.Graph;

namespace QuantGen.Specs;

/// <summary>Members of one description that answer together.</summary>
/// <param name="Votes">What each member's vote weighs, a positive number for each, in their order.</param>
/// <param name="SharedLayers">How many layers, from the first on, are the first member's for all of them, beside what stands before the layers.</param>
public sealed record EnsembleSpec(EquatableArray<double> Votes, int SharedLayers)
{
    /// <summary>Gets what is wrong with a number of shared layers; null where members can share them.</summary>
    /// <param name="spec">The model of every member.</param>
    /// <param name="sharedLayers">The number.</param>
    public static string? Defect(ModelSpec spec, int sharedLayers) => sharedLayers == 0 ? null
        : spec.Graph.IsShared ? "members share no layers of a model whose layers share their weights"
        : sharedLayers < 0 || sharedLayers >= spec.Graph.Depth
            ? FormattableString.Invariant($"members of a model with {spec.Graph.Depth} layers share 0 to {spec.Graph.Depth - 1} of them, not {sharedLayers}")
            : null;
}
