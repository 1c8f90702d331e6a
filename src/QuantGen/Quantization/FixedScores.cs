using System.Runtime.InteropServices;

namespace QuantGen.Quantization;

/// <summary>How far a score is below the largest of its row, in <see cref="FixedPoint.ScoreBits"/>, and what weighs its key then.</summary>
/// <remarks>
/// i-softmax divides weights by their sum before they meet the values, which leaves long rows of even weights no codes of 8 bits. Here the weights of
/// <see cref="FixedExponential"/> meet the values as they are, and the sum divides afterwards.
/// </remarks>
/// <param name="Multiplier">The numerator of the ratio of scales; 1 / sqrt(head size) is part of it.</param>
/// <param name="Shift">Its power of two, 1 to 32.</param>
/// <param name="Limit">Distances are cut to this, behind which all weights are 0.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct FixedScores(int Multiplier, int Shift, int Limit)
{
    /// <summary>The shift of <see cref="Context"/>.</summary>
    public const int ContextShift = 24;

    private const double MostRatio = 1 << 29;

    /// <summary>Folds the constants of one layer's attention.</summary>
    /// <param name="queryScale">The scale of queries' codes.</param>
    /// <param name="keyScale">The scale of keys' codes.</param>
    /// <param name="headSize">The head's dimensions.</param>
    public static FixedScores Of(double queryScale, double keyScale, int headSize)
    {
        double ratio = Math.Min(queryScale * keyScale / Math.Sqrt(headSize) / FixedPoint.ScaleOf(FixedPoint.ScoreBits), MostRatio);
        int shift = Dyadic.SharedShift(ratio);
        int limit = ratio == 0 ? int.MaxValue : (int)Math.Min(int.MaxValue, Math.Ceiling((FixedExponential.Limit + 1) / ratio));
        return new FixedScores(Dyadic.Multiply(ratio, shift), shift, limit);
    }

    /// <summary>Gets the weight of a key.</summary>
    /// <param name="below">The largest score of the row less the key's.</param>
    public int Weight(int below) => FixedExponential.Weight(FixedPoint.Scale(Math.Min(below, Limit), Multiplier, FixedPoint.Half(Shift), Shift));

    /// <summary>Gets what a row's sums of weights times values are multiplied by.</summary>
    /// <param name="sum">The sum of the row's weights: at least <see cref="FixedExponential.LargestWeight"/>, so that the factor fits 31 bits.</param>
    public static int Factor(int sum) => (int)((1L << (FixedPoint.ContextBits + ContextShift)) / sum);

    /// <summary>Gets a context, in codes of values with <see cref="FixedPoint.ContextBits"/> more.</summary>
    /// <param name="sum">The sum of weights times codes of values.</param>
    /// <param name="factor">What <see cref="Factor"/> gives.</param>
    public static int Context(int sum, int factor) => FixedPoint.Scale(sum, factor, FixedPoint.Half(ContextShift), ContextShift);
}
