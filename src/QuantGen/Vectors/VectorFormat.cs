namespace QuantGen.Vectors;

/// <summary>How vectors of texts are kept.</summary>
public enum VectorFormat
{
    /// <summary>Four bytes an element.</summary>
    Float,

    /// <summary>A code of -128 to 127 an element: see <see cref="Int8Calibration"/>.</summary>
    Int8,

    /// <summary>The sign of an element, a bit: see <see cref="VectorCodes.PackSigns"/>.</summary>
    Binary,
}
