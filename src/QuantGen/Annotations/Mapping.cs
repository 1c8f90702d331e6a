namespace QuantGen;

/// <summary>Says how a range of real values is laid over the codes.</summary>
/// <remarks>
/// Example with 4 bits and values from -3.5 to 10.2.
/// <see cref="Symmetric"/> uses -10.2 to 10.2: scale 10.2 / 7 = 1.457, zero point 8, codes 1 to 15; -3.5 becomes code 6 and comes back as -2.914.
/// <see cref="Asymmetric"/> uses the range itself: scale 13.7 / 15 = 0.913, zero point 4, codes 0 to 15; -3.5 becomes code 0 and comes back as -3.653.
/// In both, 0 has a code of its own, so that zeros stay exactly zero.
/// </remarks>
public enum Mapping
{
    /// <summary>The range is widened to be the same on both sides of 0; the lowest code is left out (narrow range) and the zero point is the middle code.</summary>
    Symmetric = 0,

    /// <summary>The range is taken as it is, extended to include 0; the zero point is an integer code.</summary>
    Asymmetric = 1,
}
