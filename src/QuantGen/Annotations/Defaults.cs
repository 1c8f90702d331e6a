namespace QuantGen;

/// <summary>What attribute and command line mean where they are silent. Both read it here.</summary>
internal static class Defaults
{
    /// <summary>Bits that mean full precision.</summary>
    public const int FullPrecisionBits = 32;

    /// <summary>Groups of rows per matrix.</summary>
    public const int Groups = 1;

    /// <summary>Bits of activations that enter integer products.</summary>
    public const int ActivationBits = 8;

    /// <summary>Gets where ranges of activations come from: from each token, but stored where they have one bit or numbers between products are
    /// no floats.</summary>
    /// <param name="activationBits">Bits of activations.</param>
    /// <param name="numerics">What the model computes with.</param>
    public static ActivationRange ActivationRange(int activationBits, Numerics numerics) =>
        activationBits == 1 || numerics != Numerics.Float ? QuantGen.ActivationRange.Static : QuantGen.ActivationRange.PerToken;

    /// <summary>Bits of attention's operands, where numbers between products are floats.</summary>
    public const int AttentionBits = FullPrecisionBits;

    /// <summary>Gets the bits of attention's operands: full precision, but 8 where there are no floats, and as many as activations have where everything is
    /// rounded.</summary>
    /// <param name="numerics">What the model computes with.</param>
    /// <param name="activationBits">Bits of activations; null for the default.</param>
    public static int AttentionBitsOf(Numerics numerics, int? activationBits) => numerics switch
    {
        Numerics.Integer => 8,
        Numerics.Quantized => activationBits is > 1 and int bits ? bits : ActivationBits,
        _ => AttentionBits,
    };

    /// <summary>Bits of the embeddings of positions and of token types.</summary>
    public const int PositionBits = FullPrecisionBits;

    /// <summary>The longest sequence of the memory plan.</summary>
    public const int MaxSequenceLength = 128;

    /// <summary>Most tokens of one pass.</summary>
    public const int MaxBatchTokens = 4096;

    /// <summary>Gets the bits of a word embedding: as many as weights have, where those or the embedding's are floats or the embedding has a codebook; else
    /// 8.</summary>
    /// <param name="weightBits">Bits of a weight.</param>
    /// <param name="embedding">How the embedding is stored.</param>
    public static int EmbeddingBits(int weightBits, Storage embedding) => embedding == Storage.FullPrecision ? FullPrecisionBits
        : embedding == Storage.Codebook || weightBits == FullPrecisionBits ? weightBits
        : 8;
}
