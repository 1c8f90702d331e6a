using QuantGen.Peers.Graphs;

namespace QuantGen.Peers.Racing;

/// <summary>A row of the table: what is compared with what.</summary>
/// <param name="Name">The name that <c>--only</c> takes; rows of one kind share it.</param>
/// <param name="Model">Which model, see <see cref="RaceRows"/>.</param>
/// <param name="Shape">What a run computes.</param>
/// <param name="Bits">Bits of QuantGen's weights; 32 for full precision.</param>
/// <param name="Peer">What the opponent rounds.</param>
internal sealed record RaceRow(string Name, string Model, RowShape Shape, int Bits, PeerKind Peer)
{
    private const int FullPrecision = 32;

    /// <summary>Gets the bits of QuantGen's activations; null for the usual 8.</summary>
    public int? ActivationBits { get; init; }

    /// <summary>Gets the bits of what QuantGen's attention multiplies; null for floats, as the graphs of the peer have it.</summary>
    public int? AttentionBits { get; init; }

    /// <summary>Gets how QuantGen's attention weighs values.</summary>
    public AttentionKind Attention { get; init; } = AttentionKind.Softmax;

    /// <summary>Gets what the row should come to; null for nothing.</summary>
    public Targets? Targets { get; init; }

    /// <summary>Gets whether a quick run has it.</summary>
    public bool IsQuick { get; init; } = true;

    /// <summary>Gets what a report calls QuantGen's side.</summary>
    public string OurName
    {
        get
        {
            string weights = Bits == FullPrecision ? "32-bit" : FormattableString.Invariant($"W{Bits}");
            string activations = ActivationBits is int bits ? FormattableString.Invariant($"A{bits}") : string.Empty;
            string rounded = AttentionBits is int attention ? FormattableString.Invariant($", {attention}-bit attention") : string.Empty;
            string kind = Attention == AttentionKind.Boolean ? ", boolean attention" : string.Empty;
            return weights + activations + rounded + kind;
        }
    }

    /// <summary>Gets what a report calls the opponent.</summary>
    public string PeerName => Peer switch
    {
        PeerKind.Float => "fp32",
        PeerKind.Int8 => "int8",
        PeerKind.Int4 => "int4",
        _ => "int2",
    };
}
