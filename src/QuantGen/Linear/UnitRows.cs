using System.Runtime.Intrinsics;

namespace QuantGen.Linear;

/// <summary>A row for every <see cref="MultiplyUnit"/>. Programs that do not measure rooflines do without it.</summary>
internal static class UnitRows
{
    /// <summary>Gets all of them.</summary>
    public static IReadOnlyList<UnitRow> All { get; } =
    [
        new(MultiplyUnit.Pairs512, "AVX-512 vpmaddubsw + vpaddw", 64, Roofline.Wide<MultiplySteps.Pairs512, Vector512<short>>),
        new(MultiplyUnit.Pairs256, "AVX2 vpmaddubsw + vpaddw", 32, Roofline.Narrow<MultiplySteps.Pairs256, Vector256<short>>),
        new(MultiplyUnit.Quads256, "AVX-VNNI vpdpbusd", 32, Roofline.Narrow<MultiplySteps.Quads256, Vector256<int>>),
        new(MultiplyUnit.WidePairs512, "AVX-512 vpmaddwd + vpaddd", 32, Roofline.Wide<MultiplySteps.WidePairs512, Vector512<int>>),
        new(MultiplyUnit.WidePairs256, "AVX2 vpmaddwd + vpaddd", 16, Roofline.Narrow<MultiplySteps.WidePairs256, Vector256<int>>),
        new(MultiplyUnit.LookUp512, "AVX-512 vpermt2w + vpaddw", 32 * 6, Roofline.Wide<MultiplySteps.LookUp512, Vector512<ushort>>) { IsPlane = true },
        new(MultiplyUnit.LookUp256, "AVX2 vpshufb + vpaddb", 32 * 4 / 2, Roofline.Narrow<MultiplySteps.LookUp256, Vector256<byte>>) { IsPlane = true },
        new(MultiplyUnit.Products128, "128-bit products + sums", 8, Roofline.Narrow<MultiplySteps.Products128, Vector128<short>>),
        new(MultiplyUnit.ProductsScalar, "scalar products + sums", 1, Roofline.Narrow<MultiplySteps.ProductsScalar, int>),
        new(MultiplyUnit.Fused512, "AVX-512 vfmadd", 16, Roofline.Wide<MultiplySteps.Fused512, Vector512<float>>),
        new(MultiplyUnit.Fused256, "AVX2 vfmadd", 8, Roofline.Narrow<MultiplySteps.Fused256, Vector256<float>>),
        new(MultiplyUnit.Fused128, "128-bit fused multiply-add", 4, Roofline.Narrow<MultiplySteps.Fused128, Vector128<float>>),
        new(MultiplyUnit.FusedScalar, "scalar fused multiply-add", 1, Roofline.Narrow<MultiplySteps.FusedScalar, float>),
        new(MultiplyUnit.Differences512, "AVX-512 vpermb + vpaddb", 64 * 6, Roofline.Wide<MultiplySteps.Differences512, Vector512<byte>>),
        new(MultiplyUnit.Differences256, "AVX2 vpshufb + vpaddb, whole", 32 * 4, Roofline.Narrow<MultiplySteps.LookUp256, Vector256<byte>>),
        new(MultiplyUnit.Differences128, "128-bit shuffle + sums", 16 * 4, Roofline.Narrow<MultiplySteps.Differences128, Vector128<byte>>),
        new(MultiplyUnit.DifferencesScalar, "scalar population count", 64, Roofline.Narrow<MultiplySteps.DifferencesScalar, ulong>),
        new(MultiplyUnit.ClippedPairs512, "AVX-512 vpmaddubsw + vpmaddwd + vpaddd", 64, Roofline.Wide<MultiplySteps.ClippedPairs512, Vector512<int>>),
        new(MultiplyUnit.ClippedPairs256, "AVX2 vpmaddubsw + vpmaddwd + vpaddd", 32, Roofline.Narrow<MultiplySteps.ClippedPairs256, Vector256<int>>),
        new(MultiplyUnit.ClippedQuads512, "AVX-512 2 vpmaddubsw + vpmaddwd + 2 vpadd", 128, Roofline.Wide<MultiplySteps.ClippedQuads512, Vector512<int>>),
        new(MultiplyUnit.ClippedQuads256, "AVX2 2 vpmaddubsw + vpmaddwd + 2 vpadd", 64, Roofline.Narrow<MultiplySteps.ClippedQuads256, Vector256<int>>),
        new(MultiplyUnit.Quads128, "ARM sdot", 16, Roofline.Wide<MultiplySteps.Quads128, Vector128<int>>),
    ];

    private static readonly Dictionary<MultiplyUnit, UnitRow> s_byUnit = All.ToDictionary(row => row.Unit);

    /// <summary>Gets what is known of a unit.</summary>
    /// <param name="unit">The unit.</param>
    public static UnitRow Of(MultiplyUnit unit) => s_byUnit[unit];
}
