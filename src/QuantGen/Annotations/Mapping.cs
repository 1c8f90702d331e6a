namespace QuantGen;

/// <summary>How real values map to codes.</summary>
/// <remarks>
/// Example with 4 bits and values from -3.5 to 10.2.
/// <see cref="Symmetric"/> uses -10.2 to 10.2: scale 10.2 / 7 = 1.457, zero point 8, codes 1 to 15; -3.5 becomes code 6 and comes back as -2.914.
/// <see cref="Asymmetric"/> uses the range itself: scale 13.7 / 15 = 0.913, zero point 4, codes 0 to 15; -3.5 becomes code 0 and comes back as -3.653.
/// In both, 0 has a code of its own, so that zeros stay exactly zero.
/// <see cref="Offset"/> keeps the range's ends instead: scale 0.913, and code 0 comes back as -3.5, code 15 as 10.2, 0 as 0.153.
/// </remarks>
public enum Mapping
{
    /// <summary>
    /// Narrow range around zero: 4 bits give the values -7..7 times the scale, 2 bits -1..1. Real 0 is always representable and no zero point is stored.
    /// </summary>
    Symmetric = 0,

    /// <summary>
    /// All 2^bits codes over [min, max], extended to include 0, with an integer zero point per scale: 2 bits give the four values
    /// (0..3 - zero point) times the scale.
    /// </summary>
    Asymmetric = 1,

    /// <summary>
    /// All 2^bits codes over [min, max] as it is, with a real number beside each scale that the middle code stands for. It is how models of
    /// <see cref="Numerics.Quantized"/> store weights (FullyQT), and belongs to no others.
    /// </summary>
    Offset = 2,
}
