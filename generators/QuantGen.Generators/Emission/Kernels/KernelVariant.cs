using QuantGen.Specs;

namespace QuantGen.Generators.Emission.Kernels;

/// <summary>What makes one kernel differ from another: bits, whether weights have zero points, whether scales stand along the input.</summary>
internal sealed record KernelVariant(int Bits, bool HasZeroPoints, bool IsGrouped)
{
    public bool IsFullPrecision => Bits == 32;

    /// <summary>Gets a name such as <c>W2</c> or <c>W4AsymmetricGrouped</c>.</summary>
    public string Suffix => IsFullPrecision ? "F32" : $"W{Bits}{(HasZeroPoints ? "Asymmetric" : string.Empty)}{(IsGrouped ? "Grouped" : string.Empty)}";

    public static KernelVariant Of(MatrixSpec matrix, int bits) =>
        bits == 32 ? new KernelVariant(32, false, false) : new KernelVariant(bits, matrix.HasZeroPoints, matrix.GroupSize != 0);
}
