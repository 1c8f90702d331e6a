namespace QuantGen.Quantization;

/// <summary>
/// The scales of a model of integers, where those of its file say nothing, and how a number goes from one scale to another. All its scalar steps stand in
/// <c>Fixed*</c>; kernels and generated code give the same integers.
/// </summary>
/// <remarks>
/// A number of n fraction bits is an integer that counts 2^-n. Hidden states, what is added to them and what normalization gives have 14, and where they are
/// added they are cut to ±(2^24 - 1), which is ±1024. Codes, sums of products and everything between them fit 32 bits; products of two of those have 64.
/// </remarks>
public static class FixedPoint
{
    /// <summary>Fraction bits of hidden states.</summary>
    public const int StateBits = 14;

    /// <summary>Fraction bits of sums of embeddings, whose normalization has no scale.</summary>
    public const int EmbeddingBits = 18;

    /// <summary>Fraction bits of the argument of a hidden activation or of a pooler's function.</summary>
    public const int ArgumentBits = 11;

    /// <summary>Fraction bits of a difference of attention scores.</summary>
    public const int ScoreBits = 10;

    /// <summary>Fraction bits of a head's outputs.</summary>
    public const int LogitBits = 16;

    /// <summary>How many fraction bits contexts have more than codes of values.</summary>
    public const int ContextBits = 16;

    /// <summary>The largest magnitude of a sum of hidden states.</summary>
    public const int StateLimit = (1 << 24) - 1;

    /// <summary>The largest magnitude of a query, key or value.</summary>
    public const int OperandLimit = 127;

    /// <summary>The largest magnitude of the argument of a function: ±256.</summary>
    public const int ArgumentLimit = (1 << 19) - 1;

    /// <summary>
    /// The largest magnitude that a linear layer or a normalization may reach, so that a sum of two fits 32 bits, rounded multipliers included.
    /// </summary>
    public const int TermLimit = (1 << 30) - (1 << 20);

    /// <summary>Gets the scale of a number of fraction bits.</summary>
    /// <param name="fractionBits">How many.</param>
    public static double ScaleOf(int fractionBits) => Math.ScaleB(1, -fractionBits);

    /// <summary>Takes a number of another scale: <c>floor((value * multiplier + summand) / 2^shift)</c>, of which the low 32 bits count.</summary>
    /// <remarks>Kernels shift zeros in from above, which is the same for shifts of 32 at most.</remarks>
    /// <param name="value">The number.</param>
    /// <param name="multiplier">The ratio's numerator.</param>
    /// <param name="summand">What is added before the shift: half of the divisor, to round, with a bias where there is one. No sum reaches 2^63.</param>
    /// <param name="shift">1 to 32.</param>
    public static int Scale(int value, int multiplier, long summand, int shift) => (int)((((long)value * multiplier) + summand) >> shift);

    /// <summary>Gets the summand that rounds, halves up.</summary>
    /// <param name="shift">1 to 32.</param>
    public static long Half(int shift) => 1L << (shift - 1);

    /// <summary>Adds two terms of a residual.</summary>
    /// <param name="left">At most <see cref="TermLimit"/> in magnitude.</param>
    /// <param name="right">At most <see cref="TermLimit"/> in magnitude.</param>
    public static int Add(int left, int right) => Math.Clamp(left + right, -StateLimit, StateLimit);

    /// <summary>Cuts a query, key or value to a centered code of 8 bits.</summary>
    /// <param name="value">The number, in the scale of codes.</param>
    public static int Operand(int value) => Math.Clamp(value, -OperandLimit, OperandLimit);

    /// <summary>Rounds a real number to one of fraction bits; numbers that do not fit are cut.</summary>
    /// <param name="value">The number.</param>
    /// <param name="fractionBits">The fraction bits.</param>
    /// <param name="limit">The largest magnitude of the result.</param>
    public static int Of(double value, int fractionBits, int limit = TermLimit) =>
        (int)Math.Clamp(Math.Floor(Math.ScaleB(value, fractionBits) + 0.5), -limit, limit);
}
