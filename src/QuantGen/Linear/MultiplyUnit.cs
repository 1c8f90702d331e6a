namespace QuantGen.Linear;

/// <summary>The instructions that a kernel multiplies with: what bounds it from above on a machine, whatever else it does.</summary>
public enum MultiplyUnit
{
    /// <summary>512-bit pairs of u8 x s8 to 16 bits (<c>Avx512BW.MultiplyAddAdjacent</c>) and an addition: 64 multiply-adds.</summary>
    Pairs512,

    /// <summary>256-bit pairs of u8 x s8 to 16 bits (<c>Avx2.MultiplyAddAdjacent</c>) and an addition: 32 multiply-adds.</summary>
    Pairs256,

    /// <summary>256-bit quadruples of u8 x s8 added to 32 bits (<c>AvxVnni.MultiplyWideningAndAdd</c>): 32 multiply-adds.</summary>
    Quads256,

    /// <summary>512-bit pairs of s16 x s16 to 32 bits and an addition: 32 multiply-adds.</summary>
    WidePairs512,

    /// <summary>256-bit pairs of s16 x s16 to 32 bits and an addition: 16 multiply-adds.</summary>
    WidePairs256,

    /// <summary>
    /// 512-bit look-up of sums of six activations for 32 outputs (<c>Avx512BW.PermuteVar32x16x2</c>) and an addition: 192 multiply-adds of one bit, 96 of two.
    /// </summary>
    LookUp512,

    /// <summary>
    /// 256-bit look-up of half a sum of four activations for 32 outputs (<c>Avx2.Shuffle</c>) and an addition; two are 128 multiply-adds of one bit.
    /// </summary>
    LookUp256,

    /// <summary>128-bit products of s16 and an addition on any machine with vectors: 8 multiply-adds.</summary>
    Products128,

    /// <summary>One product of integers and an addition.</summary>
    ProductsScalar,

    /// <summary>512-bit fused multiply-add of floats: 16 multiply-adds.</summary>
    Fused512,

    /// <summary>256-bit fused multiply-add of floats: 8 multiply-adds.</summary>
    Fused256,

    /// <summary>128-bit fused multiply-add of floats, computed in double where the processor has none: 4 multiply-adds.</summary>
    Fused128,

    /// <summary>Fused multiply-add of one float.</summary>
    FusedScalar,

    /// <summary>
    /// 512-bit look-up of how many of six bits differ for 64 outputs (<c>Avx512Vbmi.PermuteVar64x8</c>) and an addition: 384 multiply-adds of bits.
    /// </summary>
    Differences512,

    /// <summary>256-bit look-up of how many of four bits differ for 32 outputs (<c>Avx2.Shuffle</c>) and an addition: 128 multiply-adds of bits.</summary>
    Differences256,

    /// <summary>The same in 128 bits for 16 outputs: 64 multiply-adds of bits.</summary>
    Differences128,

    /// <summary>The bits in which two words of 64 differ, counted, and an addition: 64 multiply-adds of bits.</summary>
    DifferencesScalar,

    /// <summary>512-bit pairs of u8 x s8 to 16 bits, these to 32 (<c>Avx512BW.MultiplyAddAdjacent</c> twice), and an addition: 64 multiply-adds.</summary>
    ClippedPairs512,

    /// <summary>256-bit pairs of u8 x s8 to 16 bits, these to 32 (<c>Avx2.MultiplyAddAdjacent</c> twice), and an addition: 32 multiply-adds.</summary>
    ClippedPairs256,

    /// <summary>
    /// 512-bit pairs of u8 x s8 to 16 bits, two of them added there and then to 32 (<c>Avx512BW.MultiplyAddAdjacent</c> three times, two additions): 128
    /// multiply-adds.
    /// </summary>
    ClippedQuads512,

    /// <summary>
    /// 256-bit pairs of u8 x s8 to 16 bits, two of them added there and then to 32 (<c>Avx2.MultiplyAddAdjacent</c> three times, two additions): 64
    /// multiply-adds.
    /// </summary>
    ClippedQuads256,

    /// <summary>128-bit quadruples of s8 x s8 added to 32 bits on ARM (<c>Dp.DotProductBySelectedQuadruplet</c>): 16 multiply-adds.</summary>
    Quads128,
}
