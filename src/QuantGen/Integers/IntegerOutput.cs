using QuantGen.Packed;
using QuantGen.Quantization;

namespace QuantGen.Integers;

/// <summary>The last layer of a head: <see cref="FixedOutput"/> with what it takes.</summary>
/// <remarks>Weights get as many bits as their sums of 64 bits allow for the largest inputs there can be.</remarks>
/// <param name="Weights">[outputs, inputs].</param>
/// <param name="Biases">One an output, of <see cref="FixedPoint.LogitBits"/>.</param>
/// <param name="Shift">1 to 62.</param>
internal sealed record IntegerOutput(int[] Weights, int[] Biases, int Shift)
{
    // Half of the room below 2^63 is for what rounding adds.
    private const int SumBits = 61;

    private const int MostWeightBits = 30;

    /// <summary>Folds the constants.</summary>
    /// <param name="model">The packed file.</param>
    /// <param name="scales">Its scales.</param>
    /// <param name="name">The layer.</param>
    /// <exception cref="ModelFormatException">Its weights are so large that their sums do not fit.</exception>
    public static IntegerOutput Of(PackedModel model, IntegerScales scales, string name)
    {
        ReadOnlySpan<float> weights = model.Floats(name + ".weight");
        ReadOnlySpan<float> biases = model.Floats(name + ".bias");
        double unit = scales.InputOf(name);
        int columns = weights.Length / biases.Length;
        double largest = 0;
        double largestSum = 0;
        for (int row = 0; row < biases.Length; row++)
        {
            double sum = 0;
            foreach (float weight in weights.Slice(row * columns, columns))
            {
                sum += Math.Abs(weight * unit);
                largest = Math.Max(largest, Math.Abs(weight * unit));
            }

            largestSum = Math.Max(largestSum, sum);
        }

        int bits = largest == 0 ? FixedPoint.LogitBits + 1
            : Math.Min(MostWeightBits - 1 - Math.ILogB(largest), SumBits - 1 - Math.ILogB(largestSum * scales.MostInput(name)));
        int shift = Math.Min(62, bits - FixedPoint.LogitBits);
        if (shift < 1)
        {
            throw new ModelFormatException(model.Name, name, "weights whose sums fit 64 bits", FormattableString.Invariant($"{largestSum:G3}"));
        }

        int[] rounded = new int[weights.Length];
        for (int i = 0; i < rounded.Length; i++)
        {
            rounded[i] = FixedPoint.Of(weights[i] * unit, shift + FixedPoint.LogitBits, int.MaxValue);
        }

        int[] summands = new int[biases.Length];
        for (int i = 0; i < summands.Length; i++)
        {
            summands[i] = FixedPoint.Of(biases[i], FixedPoint.LogitBits);
        }

        return new IntegerOutput(rounded, summands, shift);
    }
}
