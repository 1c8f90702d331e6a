using QuantGen.Lanes;

namespace QuantGen.Linear;

/// <summary>What is known of every <see cref="MultiplyUnit"/>.</summary>
internal static class MultiplyUnits
{
    /// <summary>Gets what attention, dense heads and full-precision layers multiply with on this machine.</summary>
    public static MultiplyUnit Floats =>
        LanesChoice.Use512 ? MultiplyUnit.Fused512 :
        LanesChoice.Use256 ? MultiplyUnit.Fused256 :
        LanesChoice.Use128 ? MultiplyUnit.Fused128 : MultiplyUnit.FusedScalar;

    /// <summary>Gets the multiply-adds of one instruction, an addition that follows it included.</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="bits">Bits of a weight; a look-up adds one plane of bits.</param>
    public static int MultiplyAdds(MultiplyUnit unit, int bits) => unit switch
    {
        MultiplyUnit.LookUp512 => 32 * 6 / bits,
        MultiplyUnit.LookUp256 => 32 * 4 / 2 / bits,
        MultiplyUnit.Differences512 => 64 * 6,
        MultiplyUnit.Differences256 or MultiplyUnit.ClippedQuads512 => 128,
        MultiplyUnit.Differences128 or MultiplyUnit.DifferencesScalar or MultiplyUnit.Pairs512 or MultiplyUnit.ClippedPairs512
            or MultiplyUnit.ClippedQuads256 => 64,
        MultiplyUnit.Pairs256 or MultiplyUnit.ClippedPairs256 or MultiplyUnit.Quads256 or MultiplyUnit.WidePairs512 => 32,
        MultiplyUnit.WidePairs256 or MultiplyUnit.Fused512 => 16,
        MultiplyUnit.Products128 or MultiplyUnit.Fused256 => 8,
        MultiplyUnit.Fused128 => 4,
        _ => 1,
    };
}
