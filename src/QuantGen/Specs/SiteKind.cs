namespace QuantGen.Specs;

/// <summary>Where the range of a quantized activation comes from in training.</summary>
public enum SiteKind
{
    /// <summary>Each token's own minimum and maximum.</summary>
    PerToken,

    /// <summary>A running average of the largest magnitude (Q8BERT); gradients pass as they are.</summary>
    Running,

    /// <summary>A learned threshold (LSQ); gradients of values outside it are cleared.</summary>
    Learned,
}
