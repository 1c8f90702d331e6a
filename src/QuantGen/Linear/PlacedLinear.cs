using System.Runtime.CompilerServices;

namespace QuantGen.Linear;

/// <summary>A quantized linear layer in the order of the kernels: what a generated micro-kernel reads.</summary>
/// <remarks>
/// With w the centered code (code - 2^(bits - 1), or +-1 at one bit) and a the activation's code, a kernel computes the exact integer
/// sum(a * w) and then real = (sum - tokenZero * Sums - ZeroPoints * tokenSum) * Scales * tokenScale + Bias.
/// Arrays are padded to whole panels; with groups along the input they hold one run of padded rows per group.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly ref struct PlacedLinear
{
    /// <summary>Codes in the kernel's order, panel after panel.</summary>
    public readonly ref byte Codes;

    /// <summary>Scale of each row.</summary>
    public readonly ref float Scales;

    /// <summary>Sum of the centered codes of each row.</summary>
    public readonly ref int Sums;

    /// <summary>Zero point of each row in the centered domain; a null reference where codes are symmetric.</summary>
    public readonly ref int ZeroPoints;

    /// <summary>Bias of each row.</summary>
    public readonly ref float Bias;

    /// <summary>
    /// For each row, the inputs after which a kernel that adds pairs widens the sums of the panel the row stands in (<see cref="PairDepth"/>).
    /// </summary>
    public readonly ref int Depths;

    /// <summary>Number of outputs.</summary>
    public readonly int Rows;

    /// <summary>Number of inputs, padded to a multiple of <see cref="KernelOrder.ColumnMultiple"/>; not padded where activations have one bit.</summary>
    public readonly int Columns;

    /// <summary>Inputs per group along the input; <see cref="Columns"/> when the whole row shares a scale.</summary>
    public readonly int GroupSize;

    /// <summary>Groups the parts of a layer.</summary>
    /// <param name="codes">First byte of the codes.</param>
    /// <param name="scales">First scale.</param>
    /// <param name="sums">First sum.</param>
    /// <param name="zeroPoints">First zero point, or a null reference.</param>
    /// <param name="bias">First bias.</param>
    /// <param name="depths">First depth; only kernels that add pairs read it.</param>
    /// <param name="rows">Outputs.</param>
    /// <param name="columns">Padded inputs.</param>
    /// <param name="groupSize">Inputs per group.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PlacedLinear(
        ref byte codes, ref float scales, ref int sums, ref int zeroPoints, ref float bias, ref int depths, int rows, int columns, int groupSize)
    {
        Codes = ref codes;
        Scales = ref scales;
        Sums = ref sums;
        ZeroPoints = ref zeroPoints;
        Bias = ref bias;
        Depths = ref depths;
        Rows = rows;
        Columns = columns;
        GroupSize = groupSize;
    }

    /// <summary>Gets the number of rows the arrays are padded to.</summary>
    public int PaddedRows
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (Rows + KernelOrder.RowMultiple - 1) / KernelOrder.RowMultiple * KernelOrder.RowMultiple;
    }
}
