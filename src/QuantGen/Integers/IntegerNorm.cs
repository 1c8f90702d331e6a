using QuantGen.Packed;
using QuantGen.Quantization;

namespace QuantGen.Integers;

/// <summary>The factors and summands of a normalization as <see cref="FixedNorm"/> takes them.</summary>
/// <param name="Gamma">Multipliers of the columns.</param>
/// <param name="Shift">What belongs to them, 1 to 32.</param>
/// <param name="Beta">Summands of the columns.</param>
internal sealed record IntegerNorm(int[] Gamma, int Shift, int[] Beta)
{
    /// <summary>Folds the constants.</summary>
    /// <param name="model">The packed file.</param>
    /// <param name="name">The normalization, without <c>.weight</c>.</param>
    /// <exception cref="ModelFormatException">Its outputs could reach 2^30.</exception>
    public static IntegerNorm Of(PackedModel model, string name)
    {
        ReadOnlySpan<float> gamma = model.Floats(name + ".weight");
        ReadOnlySpan<float> beta = model.Floats(name + ".bias");
        double largestGamma = 0;
        double largestBeta = 0;
        for (int i = 0; i < gamma.Length; i++)
        {
            largestGamma = Math.Max(largestGamma, Math.Abs(gamma[i]));
            largestBeta = Math.Max(largestBeta, Math.Abs(beta[i]));
        }

        // A difference is the whole deviation at most: one unit of the ratio is that over 2^20.
        double root = Math.Sqrt(gamma.Length);
        double reached = Math.ScaleB((root * largestGamma) + largestBeta, FixedPoint.StateBits);
        if (!(reached < FixedPoint.TermLimit))
        {
            throw new ModelFormatException(
                model.Name, name, "a normalization whose outputs stay below 2^30 units", FormattableString.Invariant($"one that reaches {reached:G3}"));
        }

        double unit = Math.ScaleB(root, FixedPoint.StateBits - FixedNorm.RatioBits);
        int shift = Dyadic.SharedShift(largestGamma * unit);
        int[] multipliers = new int[gamma.Length];
        int[] summands = new int[gamma.Length];
        for (int i = 0; i < multipliers.Length; i++)
        {
            multipliers[i] = Dyadic.Multiply(gamma[i] * unit, shift);
            summands[i] = FixedPoint.Of(beta[i], FixedPoint.StateBits);
        }

        return new IntegerNorm(multipliers, shift, summands);
    }
}
