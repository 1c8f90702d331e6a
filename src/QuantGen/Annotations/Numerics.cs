namespace QuantGen;

/// <summary>What a model computes with between token ids and outputs.</summary>
public enum Numerics
{
    /// <summary>Products of codes are integers, and what stands between them are floats.</summary>
    Float,

    /// <summary>Integers alone (I-BERT, Kim et al., 2021): the outputs are integers of one scale, which become floats at the very end.</summary>
    Integer,

    /// <summary>
    /// Codes (FullyQT, Prato et al., 2020): operands and results of every operation but sums are rounded to codes of stored ranges, weights, embeddings and
    /// what softmax and layer normalization divide included. With weights of 32 bits nothing is rounded, and calibration sees all places.
    /// </summary>
    Quantized,
}
