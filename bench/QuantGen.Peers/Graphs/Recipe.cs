namespace QuantGen.Peers.Graphs;

/// <summary>How the linear layers of a graph are computed.</summary>
internal enum LinearKind
{
    /// <summary>In floats.</summary>
    Float,

    /// <summary>Weights of 8 bits, and activations that are rounded to 8 bits in every call.</summary>
    Int8,

    /// <summary>Weights in blocks of inputs that share a scale, activations as for <see cref="Int8"/>.</summary>
    Blocks,
}

/// <summary>Which operators attention is made of.</summary>
internal enum AttentionForm
{
    /// <summary>One operator from hidden states to contexts.</summary>
    Fused,

    /// <summary>One product for query, key and value, and an operator for the rest.</summary>
    Joined,

    /// <summary>A product for each.</summary>
    Separate,
}

/// <summary>How tokens that fill a batch up are kept out of attention.</summary>
internal enum PaddingMask
{
    /// <summary>There are none.</summary>
    None,

    /// <summary>By 0 or 1 for each token.</summary>
    Raw,

    /// <summary>By the length of each sequence.</summary>
    Lengths,
}

/// <summary>Which of the operators of ONNX Runtime make a graph of BERT.</summary>
/// <param name="Kind">How its linear layers are computed.</param>
/// <param name="Attention">What attention is made of.</param>
internal sealed record Recipe(LinearKind Kind, AttentionForm Attention)
{
    /// <summary>Gets whether a product adds its bias itself; otherwise the operator behind it does.</summary>
    public bool HasOwnBias { get; init; }

    /// <summary>Gets whether 8-bit weights have a scale for each column instead of one for the matrix.</summary>
    public bool IsPerColumn { get; init; }

    /// <summary>Gets whether 8-bit weights are stored as unsigned numbers.</summary>
    public bool IsUnsigned { get; init; }

    /// <summary>Gets the bits of weights in blocks.</summary>
    public int Bits { get; init; } = 8;

    /// <summary>Gets how many inputs share a scale in blocks.</summary>
    public int Block { get; init; }

    /// <summary>Gets whether the session is asked for products by look-up tables (<c>mlas.use_lut_gemm</c>).</summary>
    public bool UsesTables { get; init; }

    /// <summary>Gets how padding is kept out.</summary>
    public PaddingMask Mask { get; init; }

    /// <summary>Describes it for people.</summary>
    public override string ToString()
    {
        string attention = Attention switch
        {
            AttentionForm.Fused => Kind == LinearKind.Int8 ? "QAttention" : "Attention",
            AttentionForm.Joined => "one product for Q, K, V + MultiHeadAttention",
            _ => "three products for Q, K, V + MultiHeadAttention",
        };
        string linear = Kind switch
        {
            LinearKind.Float => "MatMul",
            LinearKind.Int8 => $"DynamicQuantizeMatMul; {(IsUnsigned ? "u8" : "s8")} weights, a scale per {(IsPerColumn ? "column" : "matrix")}",
            _ => FormattableString.Invariant(
                $"MatMulNBits of {Bits} bits in blocks of {Block}, accuracy level 4{(UsesTables ? ", mlas.use_lut_gemm" : string.Empty)}"),
        };
        string bias = HasOwnBias ? "biases in the products, Gelu" : "BiasGelu, biases in SkipLayerNormalization";
        string mask = Mask switch
        {
            PaddingMask.Raw => "; mask of 0 and 1",
            PaddingMask.Lengths => "; mask of lengths",
            _ => string.Empty,
        };
        return $"{attention}; {linear}; {bias}{mask}";
    }
}
