namespace QuantGen.Quantization;

/// <summary>The stored codes a quantizer may produce, both ends included.</summary>
/// <param name="Lowest">The lowest code.</param>
/// <param name="Highest">The highest code.</param>
internal readonly record struct CodeRange(int Lowest, int Highest)
{
    /// <summary>Returns the codes of a mapping at a width.</summary>
    /// <param name="mapping">Symmetric drops code 0 (narrow range), except at 1 bit, where the two codes are the two signs.</param>
    /// <param name="bits">Width of a code, 1 to 8.</param>
    /// <exception cref="ArgumentOutOfRangeException">The width is not 1 to 8.</exception>
    public static CodeRange For(Mapping mapping, int bits)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bits, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, 8);
        int lowest = mapping == Mapping.Symmetric && bits > 1 ? 1 : 0;
        return new CodeRange(lowest, (1 << bits) - 1);
    }

    /// <summary>Finds the first code that lies outside this range.</summary>
    /// <param name="codes">Stored codes.</param>
    /// <returns>Its index, or -1 when every code is inside.</returns>
    public int IndexOfOutside(ReadOnlySpan<byte> codes) => codes.IndexOfAnyExceptInRange((byte)Lowest, (byte)Highest);
}
