namespace QuantGen.Kernels;

/// <summary>How the four operands of quantized attention become codes, and the two factors that make numbers of its integer sums.</summary>
/// <remarks>
/// With centered codes (code - zero point) q, k, v and p of query, key, value and probability, everything is
/// <code>
/// score[i, j]   = (float)(sum over d of q[i, d] * k[j, d]) * ScoreFactor     ScoreFactor   = (scale of q * scale of k) * (1 / sqrt(head size))
/// p[i, j]       = code of softmax(score[i, :])[j]
/// context[i, d] = (float)(sum over j of p[i, j] * v[j, d]) * ContextFactor   ContextFactor = scale of p * scale of v
/// </code>
/// The sums are exact integers, converted to float once; each factor is computed once, in float, in the order written; 1 / sqrt(head size) is
/// rounded from double. A training forward pass that keeps this order gets the same bits wherever its float sums of integers are exact (below 2^24).
/// Query, key and value have symmetric codes; probabilities have the zero point 0, or symmetric codes, too.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct AttentionOperands
{
    /// <summary>Joins the mappings of the operands.</summary>
    /// <param name="query">The mapping of queries.</param>
    /// <param name="key">The mapping of keys.</param>
    /// <param name="value">The mapping of values.</param>
    /// <param name="probabilities">The mapping of softmax's results.</param>
    /// <param name="inverseRoot">1 / sqrt(head size), as <see cref="InverseRoot"/> gives it.</param>
    public AttentionOperands(
        ActivationParameters query, ActivationParameters key, ActivationParameters value, ActivationParameters probabilities, float inverseRoot)
    {
        Query = query;
        Key = key;
        Value = value;
        Probabilities = probabilities;
        ScoreFactor = query.Scale * key.Scale * inverseRoot;
        ContextFactor = probabilities.Scale * value.Scale;
        KeyFactor = query.Center * key.Scale * inverseRoot;
        ValueTerm = probabilities.Scale * value.Center;
    }

    /// <summary>Gets the mapping of queries.</summary>
    public ActivationParameters Query { get; }

    /// <summary>Gets the mapping of keys.</summary>
    public ActivationParameters Key { get; }

    /// <summary>Gets the mapping of values.</summary>
    public ActivationParameters Value { get; }

    /// <summary>Gets the mapping of softmax's results.</summary>
    public ActivationParameters Probabilities { get; }

    /// <summary>Gets what a sum of queries times keys is multiplied by.</summary>
    public float ScoreFactor { get; }

    /// <summary>Gets what a sum of probabilities times values is multiplied by.</summary>
    public float ContextFactor { get; }

    /// <summary>Gets what a key's sum of codes is multiplied by, where ranges are kept as they are; else 0.</summary>
    public float KeyFactor { get; }

    /// <summary>Gets what a row's sum of probabilities' codes is multiplied by, where ranges are kept as they are; else 0.</summary>
    public float ValueTerm { get; }

    /// <summary>Computes 1 / sqrt(head size), rounded to float once.</summary>
    /// <param name="headSize">The head's dimensions.</param>
    public static float InverseRoot(int headSize) => (float)(1.0 / Math.Sqrt(headSize));
}
