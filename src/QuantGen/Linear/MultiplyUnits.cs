namespace QuantGen.Linear;

/// <summary>Which <see cref="MultiplyUnit"/> counts here, and how much.</summary>
internal static class MultiplyUnits
{
    /// <summary>Gets what attention, dense heads and full-precision layers multiply with on this machine.</summary>
    public static MultiplyUnit Floats { get; } = KernelRegistry.Floats.First(row => row.Set.IsSupported()).Unit;

    /// <summary>Gets the multiply-adds of one step, an addition that follows it included.</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="bits">Bits of a weight; a look-up adds one plane of bits.</param>
    public static int MultiplyAdds(MultiplyUnit unit, int bits) => UnitRows.Of(unit).MultiplyAdds / (UnitRows.Of(unit).IsPlane ? bits : 1);
}
