namespace QuantGen.Specs;

/// <summary>The classes of the byte ledger.</summary>
public enum TensorClass
{
    /// <summary>Word, position and token type embeddings with their scales.</summary>
    Embeddings,

    /// <summary>Packed codes of linear layers.</summary>
    Codes,

    /// <summary>Scales, zero points and static activation ranges.</summary>
    Scales,

    /// <summary>Full-precision weights of linear layers.</summary>
    Weights,

    /// <summary>Biases of linear layers.</summary>
    Biases,

    /// <summary>Gains and biases of layer normalization.</summary>
    LayerNorm,

    /// <summary>The last linear layer.</summary>
    Head,

    /// <summary>The tokenizer's vocabulary.</summary>
    Vocabulary,

    /// <summary>The file's own header.</summary>
    Header,
}
