using QuantGen.Kernels;

namespace QuantGen.Linear;

/// <summary>Tells what a kernel multiplies with.</summary>
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
        MultiplyUnit.Pairs512 => 64,
        MultiplyUnit.Pairs256 or MultiplyUnit.Quads256 or MultiplyUnit.WidePairs512 => 32,
        MultiplyUnit.WidePairs256 or MultiplyUnit.Fused512 => 16,
        MultiplyUnit.Products128 or MultiplyUnit.Fused256 => 8,
        MultiplyUnit.Fused128 => 4,
        _ => 1,
    };

    // Generated kernels are structs named after their instruction set, those for floats followed by 'By' and their width.
    internal static MultiplyUnit Of(Type kernel) => kernel.Name.Split("By")[0] switch
    {
        "Avx512" => MultiplyUnit.Pairs512,
        "Avx256" => MultiplyUnit.Pairs256,
        "Vnni256" => MultiplyUnit.Quads256,
        "Wide512" => MultiplyUnit.WidePairs512,
        "Wide256" => MultiplyUnit.WidePairs256,
        "Tables512" => MultiplyUnit.LookUp512,
        "Tables256" => MultiplyUnit.LookUp256,
        "Portable128" => MultiplyUnit.Products128,
        "Scalar" => MultiplyUnit.ProductsScalar,
        "Float512" => MultiplyUnit.Fused512,
        "Float256" => MultiplyUnit.Fused256,
        "Float128" => MultiplyUnit.Fused128,
        "FloatScalar" => MultiplyUnit.FusedScalar,
        string name => throw new NotSupportedException($"nothing is known of the instructions of the kernel {name}; {nameof(MultiplyUnits)} must name them"),
    };
}
