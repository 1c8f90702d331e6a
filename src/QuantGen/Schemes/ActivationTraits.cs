namespace QuantGen.Schemes;

/// <summary>One way to give activations codes: a row of <see cref="ActivationSides"/>.</summary>
public sealed record ActivationTraits
{
    /// <summary>Gets the member of the enum.</summary>
    public required ActivationSide Side { get; init; }

    /// <summary>Gets the name in messages and files.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the legal bits, ascending.</summary>
    public required IReadOnlyList<int> Bits { get; init; }

    /// <summary>Gets whether a range is stored for each use of a place.</summary>
    public bool IsStored { get; init; }

    /// <summary>Gets whether training learns the range by its gradient.</summary>
    public bool IsLearned { get; init; }
}
