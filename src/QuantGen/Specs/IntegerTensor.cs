namespace QuantGen.Specs;

/// <summary>What becomes of a packed file's tensor in a model without floats.</summary>
internal enum IntegerTensor
{
    /// <summary>It is part of another's constants.</summary>
    None,

    /// <summary>It is copied.</summary>
    Bytes,

    /// <summary>Constants of codes.</summary>
    Codes,

    /// <summary>Constants of attention.</summary>
    Scores,

    /// <summary>Multipliers of words, and their shift.</summary>
    WordScales,

    /// <summary>Values of an embedding.</summary>
    Embedding,

    /// <summary>Factors of a normalization, and their shift.</summary>
    Gamma,

    /// <summary>Summands of a normalization.</summary>
    Beta,

    /// <summary>Weights of a head's last layer, and their shift.</summary>
    OutputWeights,

    /// <summary>Its summands.</summary>
    OutputBiases,
}
