using System.Runtime.Intrinsics.X86;

namespace QuantGen.Peers.Racing;

/// <summary>Processors that targets are set for.</summary>
internal enum ProcessorClass
{
    /// <summary>Any other.</summary>
    Other,

    /// <summary>AVX2, and no instruction for dot products of 8-bit numbers.</summary>
    Avx2,

    /// <summary>AVX-512 with VNNI.</summary>
    Avx512Vnni,
}

/// <summary>Finds out which class this processor is of.</summary>
internal static class ProcessorClasses
{
    /// <summary>Gets the class of this processor, whatever environment variables hide from this process: they hide nothing from ONNX Runtime.</summary>
    public static ProcessorClass Current { get; } = Find();

    public static string Describe(ProcessorClass of) => of switch
    {
        ProcessorClass.Avx512Vnni => "AVX-512 with VNNI",
        ProcessorClass.Avx2 => "AVX2 without VNNI",
        _ => "another kind, which no targets are set for",
    };

    private static ProcessorClass Find()
    {
        if (!X86Base.IsSupported || X86Base.CpuId(0, 0).Eax < 7)
        {
            return ProcessorClass.Other;
        }

        (int subleaves, int ebx, int ecx, _) = X86Base.CpuId(7, 0);
        bool hasAvx2 = IsSet(ebx, 5), hasAvx512 = IsSet(ebx, 16), hasAvx512Vnni = IsSet(ecx, 11);
        bool hasAvxVnni = subleaves >= 1 && IsSet(X86Base.CpuId(7, 1).Eax, 4);
        return hasAvx512 && hasAvx512Vnni ? ProcessorClass.Avx512Vnni
            : hasAvx2 && !hasAvx512 && !hasAvxVnni ? ProcessorClass.Avx2
            : ProcessorClass.Other;
    }

    private static bool IsSet(int register, int bit) => (register & (1 << bit)) != 0;
}
