namespace QuantGen.Tasks;

/// <summary>How a text becomes a vector.</summary>
public sealed record EmbedOptions
{
    /// <summary>Gets how hidden states are pooled. Default <see cref="EmbeddingPooling.Mean"/>.</summary>
    public EmbeddingPooling Pooling { get; init; } = EmbeddingPooling.Mean;

    /// <summary>Gets whether the vector is divided by its Euclidean length. Default true, so that a dot product is the cosine.</summary>
    public bool Normalize { get; init; } = true;
}
