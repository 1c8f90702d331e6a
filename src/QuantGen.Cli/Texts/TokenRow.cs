namespace QuantGen.Cli.Texts;

/// <summary>The tokens of one text, as <c>tokenize --json</c> writes them; what else it writes is not needed here.</summary>
internal sealed record TokenRow
{
    /// <summary>Gets the vocabulary ids.</summary>
    public required IReadOnlyList<int> Ids { get; init; }

    /// <summary>Gets the token types, as many as ids.</summary>
    public required IReadOnlyList<byte> TypeIds { get; init; }
}
