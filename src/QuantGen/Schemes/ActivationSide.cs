namespace QuantGen.Schemes;

/// <summary>How activations meet the weights: what gives them codes.</summary>
public enum ActivationSide
{
    /// <summary>Nothing: they stay floats.</summary>
    None,

    /// <summary>Each token's own minimum and maximum.</summary>
    PerToken,

    /// <summary>A stored range: calibrated, or in training a running average of the largest magnitude (Q8BERT), which passes gradients as they are.</summary>
    Static,

    /// <summary>A stored range that was a learned threshold (LSQ); gradients of values outside it are cleared.</summary>
    Learned,

    /// <summary>A stored scale and shift that were learned with codes of one bit (BiT); gradients of values beyond both codes are cleared.</summary>
    Elastic,
}
