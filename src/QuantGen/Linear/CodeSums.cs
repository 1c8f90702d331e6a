using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace QuantGen.Linear;

/// <summary>Sums of packed codes without unpacking them.</summary>
internal static class CodeSums
{
    // The lowest bit of every code in 64 bits; index is log2 of the bits of a code.
    private static ReadOnlySpan<ulong> LowestBits => [ulong.MaxValue, 0x5555555555555555, 0x1111111111111111, 0x0101010101010101];

    /// <summary>Adds up the codes of a row; bits behind the last code are zero.</summary>
    /// <param name="packed">Codes of 1, 2, 4 or 8 bits, lowest bits first.</param>
    /// <param name="bits">Bits of a code.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Sum(ReadOnlySpan<byte> packed, int bits)
    {
        ulong lowest = LowestBits[BitOperations.Log2((uint)bits)];
        int sum = 0;
        Span<byte> tail = stackalloc byte[8];
        for (; packed.Length >= 8; packed = packed.Slice(8))
        {
            sum += Word(BinaryPrimitives.ReadUInt64LittleEndian(packed), lowest, bits);
        }

        packed.CopyTo(tail);
        tail.Slice(packed.Length).Clear();
        return sum + Word(BinaryPrimitives.ReadUInt64LittleEndian(tail), lowest, bits);
    }

    // Bit j of every code counts 2^j.
    private static int Word(ulong word, ulong lowest, int bits)
    {
        int sum = 0;
        for (int j = 0; j < bits; j++)
        {
            sum += BitOperations.PopCount((word >> j) & lowest) << j;
        }

        return sum;
    }
}
