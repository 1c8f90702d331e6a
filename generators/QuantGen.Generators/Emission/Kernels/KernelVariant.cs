using QuantGen.Specs;

namespace QuantGen.Generators.Emission.Kernels;

/// <summary>What makes one kernel differ from another: bits, whether weights have zero points, whether scales stand along the input, whether codes are labels
/// of a codebook.</summary>
internal sealed record KernelVariant(int Bits, bool HasZeroPoints, bool IsGrouped)
{
    public static KernelVariant FullPrecision { get; } = new(32, false, false);

    public bool HasCodebook { get; init; }

    /// <summary>Gets whether activations have one bit, too.</summary>
    public bool MeetsBits { get; init; }

    /// <summary>Gets whether outputs are integers, as models have them that have no floats.</summary>
    public bool IsInteger { get; init; }

    /// <summary>Gets whether ranges of weights are kept as they are, so that outputs have a term of the activations' sum.</summary>
    public bool HasCenters { get; init; }

    public bool IsFullPrecision => Bits == 32;

    /// <summary>Gets a name such as <c>W2</c> or <c>W1A1</c> or <c>W4AsymmetricGrouped</c> or <c>W5Codebook</c> or <c>W8Integer</c> or
    /// <c>W8Offset</c>.</summary>
    public string Suffix => IsFullPrecision ? "F32"
        : MeetsBits ? "W1A1"
        : $"W{Bits}{(HasZeroPoints ? "Asymmetric" : string.Empty)}{(IsGrouped ? "Grouped" : string.Empty)}{(HasCodebook ? "Codebook" : string.Empty)}"
            + (IsInteger ? "Integer" : string.Empty) + (HasCenters ? "Offset" : string.Empty);

    public static KernelVariant Of(ModelSpec model, MatrixSpec matrix, int bits) => bits == 32 ? FullPrecision
        : new KernelVariant(bits, matrix.HasZeroPoints, matrix.GroupSize != 0)
        {
            HasCodebook = matrix.HasCodebook,
            IsInteger = model.IsInteger,
            HasCenters = matrix.HasCenters,
            MeetsBits = model.HasBitActivations && matrix.HasIntegerProduct,
        };
}
