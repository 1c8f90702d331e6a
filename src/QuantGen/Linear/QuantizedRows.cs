using System.Runtime.CompilerServices;

namespace QuantGen.Linear;

/// <summary>Activations of some tokens as codes: real = (code - zero point) * scale, one range per token.</summary>
/// <remarks>
/// Where a model has no floats, scales and zero points are null references: weights hold what belongs to them.
/// Codes of 2 to 8 bits take a byte each. Those of one bit, which count -1 and +1, are planes: bit i mod 8 of byte i / 8 is code i, and 0 is -1. Codes
/// between the width of the activations and <see cref="Stride"/> are 0, so that padded weights never count.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly ref struct QuantizedRows
{
    /// <summary>First code of the first token.</summary>
    public readonly ref byte Codes;

    /// <summary>Scale of each token.</summary>
    public readonly ref float Scales;

    /// <summary>Zero point of each token, 0 to 255; of codes of one bit 0, or -1 where the code -1 is zero.</summary>
    public readonly ref int ZeroPoints;

    /// <summary>Sum of (code - zero point) of each token, or of each group of a token's inputs, for weights with zero points.</summary>
    public readonly ref int CenteredSums;

    /// <summary>Sums from one token to the next.</summary>
    public readonly int SumStride;

    /// <summary>Bytes from one token's codes to the next.</summary>
    public readonly int Stride;

    /// <summary>Number of tokens.</summary>
    public readonly int Count;

    /// <summary>Groups the parts.</summary>
    /// <param name="codes">First code.</param>
    /// <param name="scales">First scale.</param>
    /// <param name="zeroPoints">First zero point.</param>
    /// <param name="centeredSums">First centered sum.</param>
    /// <param name="sumStride">Sums from token to token.</param>
    /// <param name="stride">Bytes from token to token.</param>
    /// <param name="count">Number of tokens.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public QuantizedRows(ref byte codes, ref float scales, ref int zeroPoints, ref int centeredSums, int sumStride, int stride, int count)
    {
        Codes = ref codes;
        Scales = ref scales;
        ZeroPoints = ref zeroPoints;
        CenteredSums = ref centeredSums;
        SumStride = sumStride;
        Stride = stride;
        Count = count;
    }

    /// <summary>Gets some of the tokens.</summary>
    /// <param name="first">The first.</param>
    /// <param name="count">How many.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal QuantizedRows Slice(int first, int count) => new(
        ref Unsafe.Add(ref Codes, first * (nint)Stride), ref From(ref Scales, first), ref From(ref ZeroPoints, first),
        ref From(ref CenteredSums, first * SumStride), SumStride, Stride, count);

    // A null reference stays one.
    private static ref T From<T>(ref T first, int count) => ref Unsafe.IsNullRef(ref first) ? ref first : ref Unsafe.Add(ref first, count);
}
