namespace QuantGen.Tasks;

/// <summary>How a text becomes a vector, where it shall be otherwise than the model's file says.</summary>
public sealed record EmbedOptions
{
    /// <summary>
    /// Gets how hidden states are pooled; null, the default, as the file says, and <see cref="EmbeddingPooling.Mean"/> where it says nothing.
    /// </summary>
    public EmbeddingPooling? Pooling { get; init; }

    /// <summary>
    /// Gets whether the vector is divided by its Euclidean length, so that a dot product is the cosine; null, the default, as the file says, and true where
    /// it says nothing.
    /// </summary>
    public bool? Normalize { get; init; }

    /// <summary>
    /// Gets what stands before every text: the name of one of the model's prompts, or the words themselves; empty for nothing. Null, the default, is the
    /// model's default prompt, if it has one.
    /// </summary>
    public string? Prompt { get; init; }
}
