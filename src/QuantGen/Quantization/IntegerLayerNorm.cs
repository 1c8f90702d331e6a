namespace QuantGen.Quantization;

/// <summary>i-LayerNorm: normalization of a row of integers of any scale, by <see cref="IntegerRoot"/> (algorithms.md 9.5).</summary>
/// <remarks>There is no epsilon: a row of equal values gives the summands alone.</remarks>
public static class IntegerLayerNorm
{
    private const int FactorBits = 31;

    // Below this the original divides by nearly nothing.
    private const double SmallestGamma = 1e-6;

    /// <summary>Normalizes a row before factors and summands.</summary>
    /// <param name="row">The values.</param>
    /// <param name="shift">By how many bits differences are shortened before they are squared.</param>
    /// <param name="normalized">Receives as many, in the scale <c>sqrt(count) / 2^30</c>.</param>
    /// <returns>Mean, root of the sum of squares, and the factor that was used; 0 for equal values.</returns>
    public static (long Mean, long Deviation, long Factor) Normalize(ReadOnlySpan<int> row, int shift, Span<long> normalized)
    {
        long sum = 0;
        foreach (int value in row)
        {
            sum += value;
        }

        long mean = (long)Math.Round((double)sum / row.Length);
        ulong squares = 0;
        for (int i = 0; i < row.Length; i++)
        {
            normalized[i] = row[i] - mean;
            long shortened = normalized[i] >> shift;
            squares += (ulong)(shortened * shortened);
        }

        long deviation = (long)IntegerRoot.Of(squares) << shift;
        long factor = deviation == 0 ? 0 : (1L << FactorBits) / deviation;
        for (int i = 0; i < row.Length; i++)
        {
            normalized[i] = normalized[i] * factor >> 1;
        }

        return (mean, deviation, factor);
    }

    /// <summary>Gets a column's summand in the scale of <see cref="Normalize"/>.</summary>
    /// <param name="gamma">The column's factor, 1e-6 at least in magnitude.</param>
    /// <param name="beta">The column's summand.</param>
    /// <param name="columns">Values of a row.</param>
    public static long Summand(double gamma, double beta, int columns) =>
        Math.Abs(gamma) < SmallestGamma
            ? throw new ArgumentOutOfRangeException(nameof(gamma), gamma, "A column with so small a factor is its summand.")
            : (long)Math.Floor(beta / gamma / Scale(columns));

    /// <summary>Gets the scale of what <see cref="Normalize"/> gives.</summary>
    /// <param name="columns">Values of a row.</param>
    public static double Scale(int columns) => Math.Sqrt(columns) / (1 << (FactorBits - 1));
}
