using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using QuantGen.Quantization;

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
    /// <param name="bits">2 to 8.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static long IndexOfZero(ReadOnlySpan<byte> stream, long count, int bits)
    {
        if (bits == 8)
        {
            return stream[..(int)count].IndexOf((byte)0);
        }

        int step = CodeWord.Bytes(bits);
        int codesPerStep = CodeWord.Codes(bits);
        ulong lowest = CodeWord.LowestBits(bits);
        long code = 0;
        int position = 0;
        while (code + codesPerStep <= count && position + sizeof(ulong) <= stream.Length)
        {
            ulong word = BinaryPrimitives.ReadUInt64LittleEndian(stream[position..]);
            ulong any = word | (word >> 1);
            any = bits >= 3 ? any | (word >> 2) : any;
            any = bits >= 4 ? any | (word >> 3) : any;
            if (bits > 4)
            {
                // Four neighbours and four more, which for 5 and 6 bits are partly the same.
                any |= any >> (bits - 4);
            }

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

    private static int CodeAt(ReadOnlySpan<byte> stream, long code, int bits)
    {
        long bit = code * bits;
        int index = (int)(bit >> 3);
        int pair = stream[index] | (index + 1 < stream.Length ? stream[index + 1] << 8 : 0);
        return (pair >> (int)(bit & 7)) & ((1 << bits) - 1);
    }
}
