namespace QuantGen.Linear;

/// <summary>An instruction set that kernels are written for. The generator, the library, tests and benchmarks know it from here.</summary>
/// <param name="Title">What users are shown.</param>
/// <param name="Condition">The C# expression by which generated code asks for it; empty for what runs everywhere.</param>
/// <param name="Vector">The static class of its vectors; empty without vectors.</param>
/// <param name="Intrinsics">The class of its multiply instructions.</param>
/// <param name="Gfni">The class that unpacks codes with one instruction, or null.</param>
/// <param name="Switch">The runtime's variable that switches it off when it is 0.</param>
/// <param name="Base">The set without which it is switched off, too; null for the last resort.</param>
internal sealed record InstructionSet(
    string Title, string Condition, string Vector, string Intrinsics, string? Gfni, string Switch, InstructionSet? Base)
{
    private const string NoVectors = "DOTNET_EnableHWIntrinsic";
    private const string No256 = "DOTNET_EnableAVX2";
    private const string No512 = "DOTNET_EnableAVX512";

    /// <summary>Gets what runs everywhere.</summary>
    public static InstructionSet Scalar { get; } = new("scalar", string.Empty, string.Empty, string.Empty, null, string.Empty, null);

    /// <summary>Gets vectors of 128 bits, of whichever processor.</summary>
    public static InstructionSet Vector128 { get; } =
        new("128-bit", "Vector128.IsHardwareAccelerated", "Vector128", "Vector128", null, NoVectors, Scalar);

    /// <summary>Gets the dot products of ARM64.</summary>
    public static InstructionSet Dp { get; } = new("ARM Dp", "Dp.IsSupported", "Vector128", "Dp", null, "DOTNET_EnableArm64Dp", Vector128);

    /// <summary>Gets AVX2.</summary>
    public static InstructionSet Avx2 { get; } = new("AVX2", "Avx2.IsSupported", "Vector256", "Avx2", "Gfni.V256", No256, Vector128);

    /// <summary>Gets AVX-VNNI, which .NET has for 256 bits.</summary>
    public static InstructionSet AvxVnni { get; } =
        new("AVX-VNNI", "AvxVnni.IsSupported", "Vector256", "AvxVnni", "Gfni.V256", "DOTNET_EnableAVXVNNI", Avx2);

    /// <summary>Gets AVX-512 with products of bytes.</summary>
    public static InstructionSet Avx512BW { get; } = new(
        "AVX-512BW", "Vector512.IsHardwareAccelerated && Avx512BW.IsSupported", "Vector512", "Avx512BW", "Gfni.V512", No512, Avx2);

    /// <summary>Gets AVX-512 with permutations of bytes.</summary>
    public static InstructionSet Avx512Vbmi { get; } = new(
        "AVX-512VBMI", "Vector512.IsHardwareAccelerated && Avx512Vbmi.IsSupported", "Vector512", "Avx512Vbmi", "Gfni.V512", No512, Avx512BW);

    /// <summary>Gets vectors of 128 bits as full precision uses them.</summary>
    public static InstructionSet Floats128 { get; } = Vector128 with { Condition = "LanesChoice.Use128" };

    /// <summary>Gets AVX2 with fused multiply-adds.</summary>
    public static InstructionSet Floats256 { get; } = Avx2 with { Condition = "LanesChoice.Use256", Base = Floats128 };

    /// <summary>Gets AVX-512 as full precision uses it.</summary>
    public static InstructionSet Floats512 { get; } = Avx512BW with { Title = "AVX-512", Condition = "LanesChoice.Use512", Base = Floats256 };

    /// <summary>Gets all of them, each before those that it is built on.</summary>
    public static IReadOnlyList<InstructionSet> All { get; } =
        [Floats512, Avx512Vbmi, Avx512BW, AvxVnni, Floats256, Avx2, Dp, Floats128, Vector128, Scalar];

    /// <summary>Tells whether variables of the runtime that are 0 switch it off.</summary>
    /// <param name="off">Their names.</param>
    public bool IsOff(IReadOnlyCollection<string> off) => off.Contains(Switch) || Base?.IsOff(off) == true;
}
