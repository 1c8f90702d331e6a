using QuantGen.Generated.Kernels;
using QuantGen.Linear;

namespace QuantGen.Benchmarks.Data;

/// <summary>Computes a quantized linear layer, as generated kernels do.</summary>
internal delegate void QuantizedProduct(in QuantizedRows x, in PlacedLinear w, ref float output, int outputStride, ref float scratch);

/// <summary>The kernel that the generator emits for a width of weights.</summary>
/// <param name="InstructionSet">What it uses here.</param>
/// <param name="Order">The order in which it reads codes here.</param>
/// <param name="Product">Its entry.</param>
internal sealed record GeneratedKernel(string InstructionSet, KernelOrder Order, QuantizedProduct Product)
{
    public static IReadOnlyList<int> Widths { get; } = [.. KernelRegistry.Widths, 32];

    /// <summary>Gets a kernel; the first call for one or two bits times tables against products.</summary>
    /// <param name="bits">1 to 8.</param>
    /// <param name="activationBits">8, or 1 with one bit.</param>
    public static GeneratedKernel Of(int bits, int activationBits = 8) => bits switch
    {
        1 when activationBits == 1 => new(W1A1.InstructionSet, W1A1.Order, W1A1.Linear),
        1 => new(W1.InstructionSet, W1.Order, W1.Linear),
        2 => new(W2.InstructionSet, W2.Order, W2.Linear),
        3 => new(W3.InstructionSet, W3.Order, W3.Linear),
        4 => new(W4.InstructionSet, W4.Order, W4.Linear),
        5 => new(W5.InstructionSet, W5.Order, W5.Linear),
        6 => new(W6.InstructionSet, W6.Order, W6.Linear),
        7 => new(W7.InstructionSet, W7.Order, W7.Linear),
        8 => new(W8.InstructionSet, W8.Order, W8.Linear),
        _ => throw new ArgumentOutOfRangeException(nameof(bits), bits, "no kernel has weights of so many bits"),
    };

    /// <summary>Gets the instruction set of a width, 32 for full precision included.</summary>
    /// <param name="bits">1 to 8, or 32.</param>
    /// <param name="activationBits">8, or 1 with one bit.</param>
    public static string InstructionSetOf(int bits, int activationBits = 8) => bits == 32 ? F32.InstructionSet : Of(bits, activationBits).InstructionSet;
}
