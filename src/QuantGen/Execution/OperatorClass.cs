namespace QuantGen.Execution;

/// <summary>What a worker does at a moment of a forward pass.</summary>
public enum OperatorClass
{
    /// <summary>Waiting for other workers; beginning and ending a pass.</summary>
    Wait,

    /// <summary>Sums of word, position and type embeddings and their LayerNorm; in ALBERT also the map to the hidden width.</summary>
    Embedding,

    /// <summary>Turning floats into the 8-bit codes that quantized products read.</summary>
    ActivationCodes,

    /// <summary>Products for query, key and value.</summary>
    QueryKeyValue,

    /// <summary>Scores, softmax and context.</summary>
    Attention,

    /// <summary>The product that follows attention.</summary>
    AttentionOutput,

    /// <summary>Residual addition and LayerNorm.</summary>
    LayerNorm,

    /// <summary>The first product of the feed-forward network.</summary>
    FeedForwardIn,

    /// <summary>The activation function between the products of the feed-forward network.</summary>
    Activation,

    /// <summary>The second product of the feed-forward network.</summary>
    FeedForwardOut,

    /// <summary>Pooler and output layer.</summary>
    Head,
}
