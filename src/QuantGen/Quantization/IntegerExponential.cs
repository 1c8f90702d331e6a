namespace QuantGen.Quantization;

/// <summary>i-exp: the exponential of numbers up to 0 in integers of any scale (algorithms.md 9.4).</summary>
/// <remarks><c>x = -ln2 z + p</c> with p in (-ln2, 0], and exp(p) by a polynomial of second order that is 1.9e-3 off at most, shifted by z.</remarks>
public sealed class IntegerExponential
{
    /// <summary>The polynomial's factor of the square.</summary>
    public const double A = 0.35815147;

    /// <summary>The polynomial's factor.</summary>
    public const double B = 0.96963238;

    /// <summary>ln 2 as the authors' code has it.</summary>
    public const double Ln2 = 0.6931;

    /// <summary>The most halvings; smaller exponentials count as many.</summary>
    public const int MostHalvings = 30;

    /// <summary>Folds constants for one scale.</summary>
    /// <param name="scale">The argument's scale, above 0.</param>
    public IntegerExponential(double scale)
    {
        Halving = (long)Math.Floor(-Ln2 / scale);
        Factor = (long)Math.Floor(B / A / scale);
        Summand = (long)Math.Floor(1 / A / (scale * scale));
        OutputScale = A * scale * scale / (1L << MostHalvings);
    }

    /// <summary>Gets -ln 2 in the argument's scale: x0.</summary>
    public long Halving { get; }

    /// <summary>Gets the factor of the polynomial's argument.</summary>
    public long Factor { get; }

    /// <summary>Gets the polynomial's summand, which is its value at 0.</summary>
    public long Summand { get; }

    /// <summary>Gets the scale of results.</summary>
    public double OutputScale { get; }

    /// <summary>Gets the exponential of 0, the largest there is.</summary>
    public long Largest => Summand << MostHalvings;

    /// <summary>Splits an argument.</summary>
    /// <param name="q">The argument, at most 0.</param>
    /// <returns>The halvings z and the rest r.</returns>
    public (int Halvings, long Remainder) Split(long q)
    {
        q = Math.Max(q, MostHalvings * Halving);
        int halvings = (int)(q / Halving);
        return (halvings, q - (Halving * halvings));
    }

    /// <summary>Computes the polynomial.</summary>
    /// <param name="rest">Its argument, from <see cref="Halving"/> to 0.</param>
    public long Polynomial(long rest) => (rest * (rest + Factor)) + Summand;

    /// <summary>Computes the exponential in <see cref="OutputScale"/>.</summary>
    /// <param name="q">The argument, at most 0.</param>
    public long Of(long q)
    {
        (int halvings, long rest) = Split(q);
        return Math.Max(Polynomial(rest) << (MostHalvings - halvings), 0);
    }
}
