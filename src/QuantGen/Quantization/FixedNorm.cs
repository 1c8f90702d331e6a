namespace QuantGen.Quantization;

/// <summary><see cref="IntegerLayerNorm"/> with results of <see cref="FixedPoint.StateBits"/> for all columns.</summary>
/// <remarks>
/// Differs from the original in three things: squares have 64 bits, so that none is shortened; a row's factor has 30 bits however large its deviation is;
/// columns get gamma by a multiplier, so that one of 0 is no special case. With d columns up to 32,768 and values up to 2^24 - 1 the squares of differences
/// from the rounded mean add up to less than d (2^24 - 1)^2 + d / 4, which is below 2^63.
/// </remarks>
public static class FixedNorm
{
    /// <summary>Fraction bits of a difference over the root of the sum of squares, which is ±1 at most.</summary>
    public const int RatioBits = 20;

    /// <summary>How many bits the shift of a ratio has more than the deviation.</summary>
    public const int ShiftBits = 9;

    /// <summary>Gets the rounded mean of a row.</summary>
    /// <param name="sum">Its sum.</param>
    /// <param name="columns">Its values.</param>
    public static int Mean(long sum, int columns)
    {
        // Halves up; a division of integers rounds towards 0.
        long numerator = (2 * sum) + columns;
        long quotient = numerator / (2L * columns);
        return (int)(quotient * 2 * columns > numerator ? quotient - 1 : quotient);
    }

    /// <summary>Gets what makes differences ratios: <c>ratio = (difference * multiplier + half) / 2^shift</c>; a multiplier of 0 where all are 0.</summary>
    /// <param name="squares">The sum of the squares of differences, below 2^63.</param>
    /// <remarks>The shift is 32 at most, and the multiplier 2^30.</remarks>
    public static Dyadic Ratio(long squares)
    {
        uint deviation = IntegerRoot.Of((ulong)squares);
        if (deviation == 0)
        {
            return new Dyadic(0, 1);
        }

        int shift = Math.Min(Dyadic.MostShift, 32 - System.Numerics.BitOperations.LeadingZeroCount(deviation) + ShiftBits);
        return new Dyadic((int)((1L << (RatioBits + shift)) / deviation), shift);
    }

    /// <summary>Normalizes a row.</summary>
    /// <param name="row">The values, up to <see cref="FixedPoint.StateLimit"/> in magnitude, in any scale.</param>
    /// <param name="gamma">Multipliers of the columns.</param>
    /// <param name="shift">What belongs to them.</param>
    /// <param name="beta">Summands of the columns, of <see cref="FixedPoint.StateBits"/>.</param>
    /// <param name="output">Receives as many; may be <paramref name="row"/>.</param>
    public static void Of(ReadOnlySpan<int> row, ReadOnlySpan<int> gamma, int shift, ReadOnlySpan<int> beta, Span<int> output)
    {
        long sum = 0;
        foreach (int value in row)
        {
            sum += value;
        }

        int mean = Mean(sum, row.Length);
        long squares = 0;
        foreach (int value in row)
        {
            long difference = value - mean;
            squares += difference * difference;
        }

        Dyadic ratio = Ratio(squares);
        for (int i = 0; i < row.Length; i++)
        {
            output[i] = Column(row[i] - mean, ratio, gamma[i], shift, beta[i]);
        }
    }

    /// <summary>Computes one column.</summary>
    /// <param name="difference">Its difference from the mean.</param>
    /// <param name="ratio">What <see cref="Ratio"/> gives.</param>
    /// <param name="gamma">The column's multiplier.</param>
    /// <param name="shift">What belongs to it.</param>
    /// <param name="beta">The column's summand.</param>
    public static int Column(int difference, Dyadic ratio, int gamma, int shift, int beta) =>
        FixedPoint.Scale(
            FixedPoint.Scale(difference, ratio.Multiplier, FixedPoint.Half(ratio.Shift), ratio.Shift), gamma, FixedPoint.Half(shift), shift) + beta;
}
