using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using QuantGen.Quantization;

namespace QuantGen.Linear;

/// <summary>Sums of packed codes without unpacking them.</summary>
internal static class CodeSums
{
    /// <summary>Adds up the codes of a row; bits behind the last code are zero.</summary>
    /// <param name="packed">Codes of 1 to 8 bits, lowest bits first.</param>
    /// <param name="bits">Bits of a code.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Sum(ReadOnlySpan<byte> packed, int bits)
    {
        int step = CodeWord.Bytes(bits);
        ulong lowest = CodeWord.LowestBits(bits);
        int sum = 0;
        for (; packed.Length >= sizeof(ulong); packed = packed.Slice(step))
        {
            sum += Word(BinaryPrimitives.ReadUInt64LittleEndian(packed), lowest, bits);
        }

        // One word is left, or up to two where a step is less than eight bytes.
        Span<byte> tail = stackalloc byte[2 * sizeof(ulong)];
        tail.Clear();
        packed.CopyTo(tail);
        return sum + Word(BinaryPrimitives.ReadUInt64LittleEndian(tail), lowest, bits) +
            Word(BinaryPrimitives.ReadUInt64LittleEndian(tail.Slice(step)), lowest, bits);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Word(ulong word, ulong lowest, int bits)
    {
        if (bits == 8)
        {
            // Pairs of bytes, then all four pairs by one product.
            ulong pairs = (word & 0x00FF00FF00FF00FF) + ((word >> 8) & 0x00FF00FF00FF00FF);
            return (int)((pairs * 0x0001000100010001) >> 48);
        }

        // Bit j of every code counts 2^j.
        int sum = 0;
        for (int j = 0; j < bits; j++)
        {
            sum += BitOperations.PopCount((word >> j) & lowest) << j;
        }

        return sum;
    }
}
