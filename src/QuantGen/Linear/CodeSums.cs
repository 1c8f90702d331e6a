using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace QuantGen.Linear;

/// <summary>Sums of packed codes without unpacking them.</summary>
internal static class CodeSums
{
    /// <summary>Adds up the codes of a row; bits behind the last code are zero.</summary>
    /// <param name="packed">Codes of 1, 2, 3, 4 or 8 bits, lowest bits first.</param>
    /// <param name="bits">Bits of a code.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Sum(ReadOnlySpan<byte> packed, int bits)
    {
        // Sixteen codes of three bits fill six bytes; all others fill eight.
        int step = bits == 3 ? 6 : 8;
        ulong lowest = LowestBits(bits);
        int sum = 0;
        for (; packed.Length >= sizeof(ulong); packed = packed.Slice(step))
        {
            sum += Word(BinaryPrimitives.ReadUInt64LittleEndian(packed), lowest, bits);
        }

        // One word is left, or at three bits up to two.
        Span<byte> tail = stackalloc byte[2 * sizeof(ulong)];
        tail.Clear();
        packed.CopyTo(tail);
        return sum + Word(BinaryPrimitives.ReadUInt64LittleEndian(tail), lowest, bits) +
            Word(BinaryPrimitives.ReadUInt64LittleEndian(tail.Slice(step)), lowest, bits);
    }

    // The lowest bit of every code of a step.
    private static ulong LowestBits(int bits) => bits switch
    {
        1 => ulong.MaxValue,
        2 => 0x5555555555555555,
        3 => 0x0000249249249249,
        4 => 0x1111111111111111,
        _ => 0x0101010101010101,
    };

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
