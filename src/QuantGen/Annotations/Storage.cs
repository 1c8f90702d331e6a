namespace QuantGen;

/// <summary>How weights are stored, and with it which kernels compute with them. How their codes were found is another question: the recipe's.</summary>
public enum Storage
{
    /// <summary>Evenly spaced codes, value = (code - zero point) * scale, which meet integer activations. One bit is +-scale.</summary>
    Uniform = 0,

    /// <summary>Labels of one codebook of 2^bits numbers for each matrix, which meet full-precision activations.</summary>
    Codebook = 1,

    /// <summary>32-bit floats.</summary>
    FullPrecision = 2,

    /// <summary>Two matrices of one bit, each +-scale, with the same integer activations and summed outputs (BinaryBERT).</summary>
    BinaryPair = 3,
}
