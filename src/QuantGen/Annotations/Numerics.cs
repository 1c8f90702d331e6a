namespace QuantGen;

/// <summary>What a model computes with between token ids and outputs.</summary>
public enum Numerics
{
    /// <summary>Products of codes are integers, and what stands between them are floats.</summary>
    Float,

    /// <summary>Integers alone (I-BERT, Kim et al., 2021): the outputs are integers of one scale, which become floats at the very end.</summary>
    Integer,
}
