namespace QuantGen.Schemes;

/// <summary>What the rows of a quantized word embedding share.</summary>
public enum EmbeddingForm
{
    /// <summary>Nothing: each row has a scale of its own.</summary>
    RowScales,

    /// <summary>One scale, stored once for every row.</summary>
    OneScale,

    /// <summary>One codebook.</summary>
    Codebook,
}
