namespace QuantGen.Graph;

/// <summary>Names of values that more than one family makes; code and buffers are called after them.</summary>
internal static class Values
{
    /// <summary>The residual stream between layers.</summary>
    public const string Hidden = "hidden";

    /// <summary>Embeddings before they have the hidden width.</summary>
    public const string Embedded = "embedded";

    public const string Query = "query";
    public const string Key = "key";
    public const string Value = "value";

    /// <summary>What attention computes.</summary>
    public const string Context = "context";

    /// <summary>The linear layer's view of the contexts.</summary>
    public const string Attended = "attended";

    /// <summary>The normalized sum after attention.</summary>
    public const string Normalized = "normalized";

    /// <summary>Arguments of the feed-forward activation.</summary>
    public const string Intermediate = "intermediate";

    /// <summary>Its values.</summary>
    public const string Activated = "activated";

    /// <summary>The feed-forward half's output before it is added.</summary>
    public const string Contracted = "contracted";

    /// <summary>The rows that a head reads.</summary>
    public const string Chosen = "chosen";

    /// <summary>What a pooled head's first layer makes of them.</summary>
    public const string Pooled = "pooled";

    /// <summary>What a head's last layer reads.</summary>
    public const string Dropped = "dropped";

    /// <summary>What a masked language model's first layer makes of the rows, before its function.</summary>
    public const string Transformed = "transformed";

    /// <summary>The same behind the function.</summary>
    public const string TransformActivated = "transform_activated";

    /// <summary>What meets the words.</summary>
    public const string Predicted = "predicted";

    /// <summary>The head's outputs.</summary>
    public const string Logits = "logits";
}
