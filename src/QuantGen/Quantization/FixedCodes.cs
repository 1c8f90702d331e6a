using System.Runtime.InteropServices;

namespace QuantGen.Quantization;

/// <summary>How numbers of one scale become the codes of a linear layer's inputs: <c>code = clamp(round(x * ratio), Low, High) + ZeroPoint</c>.</summary>
/// <param name="Multiplier">The ratio's numerator.</param>
/// <param name="Shift">The ratio's power of two, 1 to 32.</param>
/// <param name="Limit">Numbers are cut to this magnitude first, behind which all codes are the same; so the product of 64 bits gives 32 right ones.</param>
/// <param name="Low">The lowest code less the zero point.</param>
/// <param name="High">The highest code less the zero point.</param>
/// <param name="ZeroPoint">The code of 0.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct FixedCodes(int Multiplier, int Shift, int Limit, int Low, int High, int ZeroPoint)
{
    // Twice the codes there are.
    private const double FarCode = 512;

    // Every number but 0 is far behind the last code at such a ratio.
    private const double MostRatio = 1 << 29;

    /// <summary>Folds the constants of one place.</summary>
    /// <param name="inputScale">The scale of what arrives; not 0, and negative where integers have the opposite sign.</param>
    /// <param name="codeScale">The scale of codes, above 0.</param>
    /// <param name="zeroPoint">The code of 0.</param>
    /// <param name="lowest">The lowest code.</param>
    /// <param name="highest">The highest code.</param>
    public static FixedCodes Of(double inputScale, double codeScale, int zeroPoint, int lowest, int highest)
    {
        double ratio = Math.Clamp(inputScale / codeScale, -MostRatio, MostRatio);
        int shift = Dyadic.SharedShift(Math.Abs(ratio));
        int limit = (int)Math.Min(int.MaxValue, Math.Ceiling(FarCode / Math.Abs(ratio)));
        return new FixedCodes(Dyadic.Multiply(ratio, shift), shift, limit, lowest - zeroPoint, highest - zeroPoint, zeroPoint);
    }

    /// <summary>Gets the code of a number.</summary>
    /// <param name="x">The number.</param>
    public byte Of(int x) => (byte)(Centered(x) + ZeroPoint);

    /// <summary>Gets the code of a number less the zero point.</summary>
    /// <param name="x">The number.</param>
    public int Centered(int x) =>
        Math.Clamp(FixedPoint.Scale(Math.Clamp(x, -Limit, Limit), Multiplier, FixedPoint.Half(Shift), Shift), Low, High);
}
