namespace QuantGen.Quantization;

/// <summary>i-GELU: GELU with the error function as a polynomial of second order, in integers of any scale (algorithms.md 9.3).</summary>
/// <remarks><c>GELU(x) = x / 2 (1 + L(x / sqrt 2))</c> with <c>L(x) = sgn(x) (a (min(|x|, -b) + b)^2 + 1)</c>, which is 0.0182 off at most.</remarks>
public sealed class IntegerGelu
{
    /// <summary>The polynomial's factor.</summary>
    public const double A = -0.2888;

    /// <summary>The polynomial's shift.</summary>
    public const double B = -1.769;

    // How far the authors' code shifts what they call erf, so that its product with the argument fits.
    private const int ErfShift = 14;

    // The authors' code divides by this and not by the root.
    private const double RootOfTwo = 1.4142;

    /// <summary>Folds constants for one scale.</summary>
    /// <param name="scale">The argument's scale, above 0; 5.4e-5 and more keeps everything but the last product in 32 bits.</param>
    public IntegerGelu(double scale)
    {
        double erfScale = scale / RootOfTwo;
        Shift = (long)Math.Floor(B / erfScale);
        Summand = (long)Math.Floor(1 / A / (erfScale * erfScale));
        ErfScale = A * erfScale * erfScale * (1 << ErfShift);
        One = (long)Math.Floor(1 / ErfScale);
        OutputScale = scale * ErfScale / 2;
    }

    /// <summary>Gets the shift of the polynomial's argument, negative: q_b.</summary>
    public long Shift { get; }

    /// <summary>Gets the polynomial's summand, negative: q_c.</summary>
    public long Summand { get; }

    /// <summary>Gets the scale of <see cref="Erf"/>, negative.</summary>
    public double ErfScale { get; }

    /// <summary>Gets 1 in that scale, negative: q_1.</summary>
    public long One { get; }

    /// <summary>Gets the scale of results, negative.</summary>
    public double OutputScale { get; }

    /// <summary>Computes the error function's approximation.</summary>
    /// <param name="q">The argument of GELU.</param>
    public long Erf(long q)
    {
        long t = Math.Min(Math.Abs(q), -Shift) + Shift;
        return (Math.Sign(q) * ((t * t) + Summand)) >> ErfShift;
    }

    /// <summary>Computes GELU in <see cref="OutputScale"/>.</summary>
    /// <param name="q">The argument.</param>
    public long Of(long q) => q * (Erf(q) + One);
}
