namespace QuantGen.Graph;

/// <summary>The parts of a model that a profile tells apart.</summary>
public enum ModelPart
{
    /// <summary>Embeddings and their projection.</summary>
    Embedding,

    /// <summary>Query, key and value of a layer.</summary>
    QueryKeyValue,

    /// <summary>The linear layer behind attention.</summary>
    AttentionOutput,

    /// <summary>The first linear layer of the feed-forward half.</summary>
    FeedForwardIn,

    /// <summary>The second linear layer of the feed-forward half.</summary>
    FeedForwardOut,

    /// <summary>What stands on top of the encoder.</summary>
    Head,
}

/// <summary>Which rows a head reads.</summary>
public enum RowChoice
{
    /// <summary>The first token of each sequence.</summary>
    FirstTokens,

    /// <summary>Every token, or in a pass that asks for some only, those.</summary>
    HeadTokens,
}
