namespace QuantGen.Peers.Graphs;

/// <summary>What the opponent rounds.</summary>
internal enum PeerKind
{
    /// <summary>Nothing.</summary>
    Float,

    /// <summary>Weights and activations to 8 bits.</summary>
    Int8,

    /// <summary>Weights to 4 bits in blocks, activations to 8.</summary>
    Int4,

    /// <summary>Weights to 2 bits in blocks, activations to 8.</summary>
    Int2,
}
