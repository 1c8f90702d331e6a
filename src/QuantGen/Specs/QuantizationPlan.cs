using QuantGen.Graph;

namespace QuantGen.Specs;

/// <summary>A plan: what it says of the model, and what it says of how the model's codes are found.</summary>
/// <param name="Identity">An entry for each pattern, in order.</param>
/// <param name="Recipe">The entries that say something of how codes are found, in order.</param>
public sealed record QuantizationPlan(EquatableArray<PlanEntry> Identity, EquatableArray<RecipeEntry> Recipe)
{
    /// <summary>Gets a plan that says nothing.</summary>
    public static QuantizationPlan Empty { get; } = new(default, default);
}
