using QuantGen.Graph;
using QuantGen.Specs;

namespace QuantGen.Generators.Specs;

/// <summary>What the annotated class and its attributes say. Compared by value: adding a symbol or a location here breaks caching.</summary>
/// <param name="Namespace">Full namespace, or an empty text.</param>
/// <param name="Name">The class's name.</param>
/// <param name="Hint">Stable and unique start of generated file names.</param>
/// <param name="Spec">The attribute's <c>Spec</c>.</param>
/// <param name="Config">The attribute's <c>Config</c>.</param>
/// <param name="Plan">The attribute's <c>Plan</c>.</param>
/// <param name="Options">Everything else that is not a dimension.</param>
/// <param name="Dimensions">Explicit dimensions.</param>
/// <param name="Labels">Explicit labels; empty when there are none.</param>
/// <param name="HasLabels">Whether the attribute sets <c>Labels</c>.</param>
/// <param name="IsLegalType">Whether generated code can be added to the class.</param>
/// <param name="Issues">What the attribute says that is not even a value: undefined enum members, null texts.</param>
internal sealed record AttributedClass(
    string Namespace,
    string Name,
    string Hint,
    string? Spec,
    string? Config,
    string? Plan,
    SpecOptions Options,
    ExplicitDimensions Dimensions,
    EquatableArray<string> Labels,
    bool HasLabels,
    bool IsLegalType,
    EquatableArray<SpecIssue> Issues)
{
    /// <summary>Gets whether the attribute says bits, and with them a model of its own.</summary>
    public bool HasBits { get; init; }

    /// <summary>Gets the properties that the attribute sets.</summary>
    public EquatableArray<string> Properties { get; init; }
}
