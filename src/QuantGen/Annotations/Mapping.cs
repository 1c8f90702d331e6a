namespace QuantGen;

/// <summary>How real values map to codes.</summary>
public enum Mapping
{
    /// <summary>
    /// Narrow range around zero: 4 bits give the values -7..7 times the scale, 2 bits -1..1. Real 0 is always representable and no zero point is stored.
    /// </summary>
    Symmetric,

    /// <summary>
    /// All 2^bits codes over [min, max], with an integer zero point per scale: 2 bits give the four values (0..3 - zero point) times the scale.
    /// </summary>
    Asymmetric,
}
