using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace QuantGen.Packed;

/// <summary>Finds codes and padding bits that a valid file does not have, without unpacking.</summary>
internal static class CodeScan
{
    /// <summary>Returns the position of the first code that is 0 in one bit stream, or -1.</summary>
    /// <remarks>
    /// A symmetric value q is stored as q + 2^(bits-1) and the range is narrow, so code 0 never occurs. A word of codes is
    /// or-ed with itself shifted by 1 to bits-1: the lowest bit of a code is then 0 only if all its bits are.
    /// </remarks>
    /// <param name="stream">Codes, lowest bits first.</param>
    /// <param name="count">Codes in the stream.</param>
    /// <param name="bits">2, 3, 4 or 8.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static long IndexOfZero(ReadOnlySpan<byte> stream, long count, int bits)
    {
        if (bits == 8)
        {
            return stream[..(int)count].IndexOf((byte)0);
        }

        // 3-bit codes fill whole bytes every 24 bits, so their words advance by 6 bytes of the 8 read.
        int step = bits == 3 ? 6 : 8;
        int codesPerStep = step * 8 / bits;
        ulong lowest = LowestBits(bits, codesPerStep);
        long code = 0;
        int position = 0;
        while (code + codesPerStep <= count && position + sizeof(ulong) <= stream.Length)
        {
            ulong word = BinaryPrimitives.ReadUInt64LittleEndian(stream[position..]);
            ulong any = word | (word >> 1);
            any = bits >= 3 ? any | (word >> 2) : any;
            any = bits == 4 ? any | (word >> 3) : any;
            if ((any & lowest) != lowest)
            {
                break;
            }

            code += codesPerStep;
            position += step;
        }

        for (; code < count; code++)
        {
            if (CodeAt(stream, code, bits) == 0)
            {
                return code;
            }
        }

        return -1;
    }

    /// <summary>Says whether the bits after the last code of a row are 0.</summary>
    /// <param name="row">The bytes of one row.</param>
    /// <param name="columns">Codes in the row.</param>
    /// <param name="bits">Bits of a code.</param>
    public static bool HasCleanPadding(ReadOnlySpan<byte> row, int columns, int bits)
    {
        int used = (int)(((long)columns * bits) % 8);
        return used == 0 || row[^1] >> used == 0;
    }

    private static ulong LowestBits(int bits, int count)
    {
        ulong mask = 0;
        for (int i = 0; i < count; i++)
        {
            mask |= 1UL << (i * bits);
        }

        return mask;
    }

    private static int CodeAt(ReadOnlySpan<byte> stream, long code, int bits)
    {
        long bit = code * bits;
        int index = (int)(bit >> 3);
        int pair = stream[index] | (index + 1 < stream.Length ? stream[index + 1] << 8 : 0);
        return (pair >> (int)(bit & 7)) & ((1 << bits) - 1);
    }
}
