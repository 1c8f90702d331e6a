using System.Runtime.CompilerServices;

namespace QuantGen.Linear;

/// <summary>A quantized linear layer in the order of the kernels: what a generated micro-kernel reads.</summary>
/// <remarks>
/// With w the centered code (code - 2^(bits - 1), or +-1 at one bit) and a the activation's code, a kernel computes the exact integer
/// sum(a * w) and then real = (sum - tokenZero * Sums - ZeroPoints * tokenSum) * Scales * tokenScale + Bias.
/// Where a model has no floats, scales are integers and biases summands of 64 bits (<see cref="Lanes.WideProducts.Place"/>): what a unit of the result stands
/// for and the token's zero point are part of them, and output = (sum * scale + summand) >> <see cref="Shift"/>.
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

    /// <summary>
    /// What the sums of a panel's outputs begin with, token after token, <see cref="StartStride"/> apart; only kernels that clip read it.
    /// </summary>
    public readonly ref int Starts;

    /// <summary>Numbers from one token's <see cref="Starts"/> to the next; 0 where all are the same.</summary>
    public readonly int StartStride;

    /// <summary>Number of outputs.</summary>
    public readonly int Rows;

    /// <summary>Number of inputs, padded to a multiple of <see cref="KernelOrder.ColumnMultiple"/>; not padded where activations have one bit.</summary>
    public readonly int Columns;

    /// <summary>Inputs behind the last real one: their weights are the smallest code, and the activations' codes are 0.</summary>
    public readonly int Padding;

    /// <summary>Inputs per group along the input; <see cref="Columns"/> when the whole row shares a scale.</summary>
    public readonly int GroupSize;

    /// <summary>What the multipliers of integers have in common, 1 to 32; 0 where scales are floats.</summary>
    public readonly int Shift;

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
    /// <param name="shift">What multipliers of integers have in common.</param>
    /// <param name="padding">How many of the inputs are padded.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PlacedLinear(
        ref byte codes, ref float scales, ref int sums, ref int zeroPoints, ref float bias, ref int depths, int rows, int columns, int groupSize,
        int shift = 0, int padding = 0)
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
        Shift = shift;
        Padding = padding;
    }

    private PlacedLinear(PlacedLinear other, ref int starts, int stride)
    {
        this = other;
        Starts = ref starts;
        StartStride = stride;
    }

    /// <summary>Gets the number of rows the arrays are padded to.</summary>
    public int PaddedRows
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (Rows + KernelOrder.RowMultiple - 1) / KernelOrder.RowMultiple * KernelOrder.RowMultiple;
    }

    /// <summary>Gets what was clipped from pairs of weights, panel after panel (<see cref="PairClipper"/>): it stands behind codes of 8 bits.</summary>
    internal ref int Excess
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref Unsafe.As<byte, int>(ref Unsafe.Add(ref Codes, PaddedRows * (nint)Columns));
    }

    /// <summary>Gets the floats that what is added to a row takes.</summary>
    internal int BiasFloats
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Shift > 0 ? 2 : 1;
    }

    /// <summary>Gets the layer from a row on, which begins a panel and a run of 16 rows, with codes that stand elsewhere.</summary>
    /// <param name="codes">The codes from that row on.</param>
    /// <param name="row">The row.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal PlacedLinear From(ref byte codes, int row)
    {
        ref int zeroPoints = ref Unsafe.IsNullRef(ref ZeroPoints) ? ref ZeroPoints : ref Unsafe.Add(ref ZeroPoints, row);
        return new PlacedLinear(
            ref codes, ref Unsafe.Add(ref Scales, row), ref Unsafe.Add(ref Sums, row), ref zeroPoints, ref Unsafe.Add(ref Bias, row * BiasFloats),
            ref Unsafe.Add(ref Depths, row), Rows, Columns, GroupSize, Shift, Padding);
    }

    /// <summary>Gets the layer with sums that begin elsewhere than at 0.</summary>
    /// <param name="starts">The first token's.</param>
    /// <param name="stride">Numbers from token to token.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal PlacedLinear StartingAt(ref int starts, int stride) => new(this, ref starts, stride);
}
