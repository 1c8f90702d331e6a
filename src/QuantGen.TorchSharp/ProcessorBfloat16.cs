using System.Runtime.Intrinsics.X86;

namespace QuantGen.TorchSharp;

/// <summary>Asks the processor for products of bfloat16, which without them take longer than those of floats.</summary>
internal static class ProcessorBfloat16
{
    private const int FeatureLeaf = 7;

    /// <summary>Gets whether it has AVX-512's or AMX's.</summary>
    public static bool IsSupported { get; } = Ask();

    private static bool Ask()
    {
        if (!Avx512F.IsSupported || X86Base.CpuId(0, 0).Eax < FeatureLeaf)
        {
            return false;
        }

        (int lastPart, _, _, int features) = X86Base.CpuId(FeatureLeaf, 0);
        bool hasTiles = (features >> 22 & 1) != 0;
        bool hasVectors = lastPart >= 1 && (X86Base.CpuId(FeatureLeaf, 1).Eax >> 5 & 1) != 0;
        return hasTiles || hasVectors;
    }
}
