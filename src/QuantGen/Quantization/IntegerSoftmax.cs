namespace QuantGen.Quantization;

/// <summary>i-softmax: probabilities of 8 bits from scores of any scale (algorithms.md 9.4).</summary>
public static class IntegerSoftmax
{
    /// <summary>The scale of results is 1 over 2 to this.</summary>
    public const int OutputBits = 8;

    private const int Largest16 = 32767;

    /// <summary>Brings an exponential to 16 bits; the scale is fixed, since a row's largest score always has the exponential of 0.</summary>
    /// <param name="exponential">The exponentials' constants.</param>
    /// <param name="value">One of its results.</param>
    public static int ToSixteenBits(IntegerExponential exponential, long value)
    {
        ArgumentNullException.ThrowIfNull(exponential);
        Int128 largest = exponential.Largest;
        return (int)((((Int128)value * Largest16 * 2) + largest) / (2 * largest));
    }

    /// <summary>Computes a row's probabilities.</summary>
    /// <param name="scores">The scores; <see cref="int.MinValue"/> where a key is masked.</param>
    /// <param name="scale">Their scale, above 0.</param>
    /// <param name="probabilities">Receives as many, in units of 1/256; 255 is the largest, and all are 0 where all keys are masked.</param>
    public static void Of(ReadOnlySpan<int> scores, double scale, Span<byte> probabilities)
    {
        var exponential = new IntegerExponential(scale);
        long largest = int.MinValue;
        foreach (int score in scores)
        {
            largest = Math.Max(largest, score);
        }

        long sum = 0;
        int[] values = new int[scores.Length];
        for (int i = 0; i < scores.Length; i++)
        {
            values[i] = scores[i] == int.MinValue ? 0 : ToSixteenBits(exponential, exponential.Of(scores[i] - largest));
            sum += values[i];
        }

        long factor = sum == 0 ? 0 : (1L << 32) / sum;
        for (int i = 0; i < values.Length; i++)
        {
            probabilities[i] = (byte)Math.Min(values[i] * factor >> (32 - OutputBits), byte.MaxValue);
        }
    }
}
