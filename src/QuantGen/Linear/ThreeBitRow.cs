using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace QuantGen.Linear;

/// <summary>Splits a row of three-bit codes into a row of their low two bits and a row of their high bits, which have no borders across bytes.</summary>
internal static class ThreeBitRow
{
    /// <summary>Codes that a step of <see cref="Split"/> takes: 48 bits.</summary>
    private const int Codes = 16;

    /// <summary>Splits a row.</summary>
    /// <param name="row">The codes, lowest bits first, and two more bytes, which are not used.</param>
    /// <param name="low">Receives the low two bits; its length says how many codes there are, a multiple of 16.</param>
    /// <param name="high">Receives the high bits.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Split(ReadOnlySpan<byte> row, Span<byte> low, Span<byte> high)
    {
        for (int i = 0; i * Codes < low.Length * 4; i++)
        {
            ulong word = BinaryPrimitives.ReadUInt64LittleEndian(row.Slice(i * Codes * 3 / 8));
            BinaryPrimitives.WriteUInt32LittleEndian(low.Slice(i * Codes / 4), Low(word));
            BinaryPrimitives.WriteUInt16LittleEndian(high.Slice(i * Codes / 8), High(word));
        }
    }

    // Two bits of every three move together: first in pairs of codes, at last in two halves.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Low(ulong x)
    {
        x = (x & 0x0C30C30C30C3) | ((x >> 1) & 0x30C30C30C30C);
        x = (x & 0x00F00F00F00F) | ((x >> 2) & 0x0F00F00F00F0);
        x = (x & 0x0000FF0000FF) | ((x >> 4) & 0x00FF0000FF00);
        return (uint)((x & 0x00000000FFFF) | ((x >> 8) & 0x0000FFFF0000));
    }

    // One bit of every three, likewise.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ushort High(ulong x)
    {
        x >>= 2;
        x = (x & 0x041041041041) | ((x >> 2) & 0x082082082082);
        x = (x & 0x003003003003) | ((x >> 4) & 0x00C00C00C00C);
        x = (x & 0x00000F00000F) | ((x >> 8) & 0x0000F00000F0);
        return (ushort)((x & 0x0000000000FF) | ((x >> 16) & 0x00000000FF00));
    }
}
