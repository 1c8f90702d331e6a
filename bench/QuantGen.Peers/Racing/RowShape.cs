namespace QuantGen.Peers.Racing;

/// <summary>What a row computes in a run.</summary>
/// <param name="Threads">The threads of either side.</param>
internal sealed record RowShape(int Threads)
{
    /// <summary>Gets the tokens of the one sequence, or of the question.</summary>
    public int? Length { get; init; }

    /// <summary>Gets how many texts there are, each with its own length.</summary>
    public int? Texts { get; init; }

    /// <summary>Gets how many texts a call has.</summary>
    public int Batch { get; init; } = 1;

    /// <summary>Gets whether the peer's texts are sorted by length, so that few of its tokens are padding. Ours need no order.</summary>
    public bool IsSorted { get; init; }

    /// <summary>Gets whether a run begins with characters and ends with a vector.</summary>
    public bool IsQuestion { get; init; }

    /// <summary>Describes it for people.</summary>
    public override string ToString()
    {
        string what = IsQuestion ? FormattableString.Invariant($"a text of {Length} tokens to its vector")
            : Length is not null ? FormattableString.Invariant($"{Length} tokens")
            : FormattableString.Invariant($"{Texts} texts, batches of {Batch}, {(IsSorted ? "sorted by length for the peer" : "in file order")}");
        return FormattableString.Invariant($"{what}, {Threads} thread{(Threads == 1 ? string.Empty : "s")}");
    }
}
