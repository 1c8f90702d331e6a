using QuantGen.Linear;

namespace QuantGen.Cli.Measuring;

/// <summary>The roofline of a kind of kernel on this machine.</summary>
/// <param name="Unit">What it multiplies with.</param>
/// <param name="Bits">Bits of its weights.</param>
/// <param name="MacsPerInstruction">Multiply-adds of one instruction.</param>
/// <param name="GmacsPerSecond">What one thread reaches at most, 10^9 multiply-adds per second.</param>
internal sealed record MeasuredUnit(MultiplyUnit Unit, int Bits, int MacsPerInstruction, double GmacsPerSecond)
{
    public static MeasuredUnit Take(MultiplyUnit unit, int bits) => new(unit, bits, MultiplyUnits.MultiplyAdds(unit, bits), Roofline.Measure(unit, bits) / 1e9);
}
