namespace QuantGen;

/// <summary>How attention weighs values.</summary>
public enum AttentionKind
{
    /// <summary>By probabilities: the softmax of the scores.</summary>
    Softmax,

    /// <summary>
    /// By 1 where a score is 0 or more and by 0 elsewhere, of the signs of queries, keys and values: Bi-Attention (BiBERT, Qin et al., 2022).
    /// </summary>
    Boolean,
}
