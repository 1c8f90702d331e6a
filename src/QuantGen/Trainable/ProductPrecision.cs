namespace QuantGen.Trainable;

/// <summary>In which numbers training multiplies matrices. All else is done in floats of 32 bits.</summary>
public enum ProductPrecision
{
    /// <summary>Floats of 32 bits.</summary>
    Float32,

    /// <summary>
    /// Mixed precision: factors, among them codes of up to 8 bits, which it holds exactly, and products are rounded to bfloat16, the upper half of a float.
    /// Sums inside a product have more bits.
    /// </summary>
    Bfloat16,
}
