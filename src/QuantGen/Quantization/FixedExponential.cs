namespace QuantGen.Quantization;

/// <summary><see cref="IntegerExponential"/> at <see cref="FixedPoint.ScoreBits"/>, where its constants are known and everything fits 32 bits.</summary>
public static class FixedExponential
{
    /// <summary>ln 2.</summary>
    public const int Halving = 710;

    /// <summary>The factor of the polynomial's argument.</summary>
    public const int Factor = 2772;

    /// <summary>The polynomial's summand: the exponential of 0.</summary>
    public const int One = 2927744;

    /// <summary>The largest magnitude of an argument; larger ones count as this one.</summary>
    public const int Limit = IntegerExponential.MostHalvings * Halving;

    /// <summary>Division by ln 2 as a multiplication: exact for 0 to <see cref="Limit"/>, of which a test tries all; 21300 * 23630 is below 2^31.</summary>
    public const int Reciprocal = 23630;

    /// <summary>The shift that belongs to it.</summary>
    public const int ReciprocalShift = 24;

    /// <summary>The shift that makes of an exponential a weight of attention.</summary>
    public const int WeightShift = 10;

    /// <summary>The weight of the exponential of 0, the largest: 2859.</summary>
    public const int LargestWeight = (One + (1 << (WeightShift - 1))) >> WeightShift;

    /// <summary>The most keys whose weights times codes of values still fit 32 bits: 127 * 2859 * 4096 is below 2^31.</summary>
    public const int MostKeys = 4096;

    /// <summary>Computes the exponential of a number below 0, in units of 1 / <see cref="One"/>.</summary>
    /// <param name="distance">The number's distance from 0, of <see cref="FixedPoint.ScoreBits"/>, 0 or more.</param>
    public static int Of(int distance)
    {
        int n = Math.Min(distance, Limit);
        int halvings = (n * Reciprocal) >> ReciprocalShift;
        int rest = (halvings * Halving) - n;
        return ((rest * (rest + Factor)) + One) >> halvings;
    }

    /// <summary>Computes the weight of a key whose score is so far below the largest.</summary>
    /// <param name="distance">The distance, of <see cref="FixedPoint.ScoreBits"/>.</param>
    public static int Weight(int distance) => (Of(distance) + (1 << (WeightShift - 1))) >> WeightShift;
}
