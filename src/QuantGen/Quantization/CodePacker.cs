using System.Buffers.Binary;
using QuantGen.Specs;

namespace QuantGen.Quantization;

/// <summary>Packs one-byte codes to 1 to 8 bits each, and unpacks them.</summary>
/// <remarks>
/// A row is a little-endian stream of bits, lowest bits first: code i occupies bits <c>i * bits</c> upwards. Each row starts on a byte
/// boundary; the unused high bits of its last byte are 0 when packed and ignored when unpacked.
/// </remarks>
internal static class CodePacker
{
    /// <summary>Says whether codes of this width can be packed.</summary>
    /// <param name="bits">Width of a code.</param>
    public static bool Supports(int bits) => bits is >= 1 and <= 8;

    /// <summary>Returns the bytes of one packed row, <c>ceil(columns * bits / 8)</c>.</summary>
    /// <param name="columns">Codes in the row.</param>
    /// <param name="bits">Width of a code, 1 to 8.</param>
    /// <exception cref="ArgumentOutOfRangeException">The width is none of these, or the column count is negative.</exception>
    public static int RowBytes(int columns, int bits)
    {
        CheckBits(bits);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        return MatrixSpec.RowBytes(columns, bits);
    }

    /// <summary>Packs a matrix of codes row by row.</summary>
    /// <param name="codes">Row-major codes, <paramref name="columns"/> per row.</param>
    /// <param name="columns">Codes per row; divides the number of codes.</param>
    /// <param name="bits">Width of a code, 1 to 8.</param>
    /// <param name="packed">Receives <c>rows * RowBytes</c> bytes, exactly.</param>
    /// <exception cref="ArgumentException">A length does not fit, or a code does not fit its width.</exception>
    public static void Pack(ReadOnlySpan<byte> codes, int columns, int bits, Span<byte> packed)
    {
        int rowBytes = CheckMatrix(codes.Length, columns, bits, packed.Length);
        for (int start = 0, at = 0; start < codes.Length; start += columns, at += rowBytes)
        {
            PackRow(codes.Slice(start, columns), bits, packed.Slice(at, rowBytes));
        }
    }

    /// <summary>Unpacks a matrix of codes row by row.</summary>
    /// <param name="packed">What <see cref="Pack"/> wrote, exactly.</param>
    /// <param name="columns">Codes per row; divides the number of codes.</param>
    /// <param name="bits">Width of a code, 1 to 8.</param>
    /// <param name="codes">Receives the row-major codes.</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public static void Unpack(ReadOnlySpan<byte> packed, int columns, int bits, Span<byte> codes)
    {
        int rowBytes = CheckMatrix(codes.Length, columns, bits, packed.Length);
        for (int start = 0, at = 0; start < codes.Length; start += columns, at += rowBytes)
        {
            UnpackRow(packed.Slice(at, rowBytes), bits, codes.Slice(start, columns));
        }
    }

    /// <summary>Packs one row.</summary>
    /// <param name="codes">The row's codes, each below 2^bits.</param>
    /// <param name="bits">Width of a code, 1 to 8.</param>
    /// <param name="packed">Receives <see cref="RowBytes"/> bytes, exactly.</param>
    /// <exception cref="ArgumentException">The length does not fit, or a code does not fit its width.</exception>
    public static void PackRow(ReadOnlySpan<byte> codes, int bits, Span<byte> packed)
    {
        CheckRow(codes.Length, bits, packed.Length);
        if (bits == 8)
        {
            codes.CopyTo(packed);
            return;
        }

        if (codes.IndexOfAnyExceptInRange((byte)0, (byte)((1 << bits) - 1)) is var wrong and >= 0)
        {
            throw new ArgumentException($"The code {codes[wrong]} at column {wrong} does not fit {bits} bits.", nameof(codes));
        }

        // Eight codes are one word before packing and exactly `bits` bytes after it.
        Span<byte> word = stackalloc byte[8];
        while (codes.Length >= 8)
        {
            ulong squeezed = Squeeze(BinaryPrimitives.ReadUInt64LittleEndian(codes), bits);
            if (packed.Length >= 8)
            {
                // The bytes beyond `bits` are written again by the next word.
                BinaryPrimitives.WriteUInt64LittleEndian(packed, squeezed);
            }
            else
            {
                BinaryPrimitives.WriteUInt64LittleEndian(word, squeezed);
                word[..bits].CopyTo(packed);
            }

            codes = codes[8..];
            packed = packed[bits..];
        }

        word.Clear();
        codes.CopyTo(word);
        BinaryPrimitives.WriteUInt64LittleEndian(word, Squeeze(BinaryPrimitives.ReadUInt64LittleEndian(word), bits));
        word[..packed.Length].CopyTo(packed);
    }

    /// <summary>Unpacks one row.</summary>
    /// <param name="packed">The row's bytes, <see cref="RowBytes"/> of them.</param>
    /// <param name="bits">Width of a code, 1 to 8.</param>
    /// <param name="codes">Receives the row's codes.</param>
    /// <exception cref="ArgumentException">The length does not fit.</exception>
    public static void UnpackRow(ReadOnlySpan<byte> packed, int bits, Span<byte> codes)
    {
        CheckRow(codes.Length, bits, packed.Length);
        if (bits == 8)
        {
            packed.CopyTo(codes);
            return;
        }

        Span<byte> word = stackalloc byte[8];
        while (codes.Length >= 8)
        {
            ulong squeezed;
            if (packed.Length >= 8)
            {
                squeezed = BinaryPrimitives.ReadUInt64LittleEndian(packed);
            }
            else
            {
                packed[..bits].CopyTo(word);
                squeezed = BinaryPrimitives.ReadUInt64LittleEndian(word);
            }

            BinaryPrimitives.WriteUInt64LittleEndian(codes, Spread(squeezed, bits));
            codes = codes[8..];
            packed = packed[bits..];
        }

        word.Clear();
        packed.CopyTo(word);
        BinaryPrimitives.WriteUInt64LittleEndian(word, Spread(BinaryPrimitives.ReadUInt64LittleEndian(word), bits));
        word[..codes.Length].CopyTo(codes);
    }

    /// <summary>Moves eight codes, one per byte, together to the low <c>8 * bits</c> bits: pairs, then fours, then eight.</summary>
    private static ulong Squeeze(ulong codes, int bits)
    {
        codes = (codes & 0x00FF00FF00FF00FFUL) | ((codes & 0xFF00FF00FF00FF00UL) >> (8 - bits));
        codes = (codes & 0x0000FFFF0000FFFFUL) | ((codes & 0xFFFF0000FFFF0000UL) >> (16 - (2 * bits)));
        return (codes & 0x00000000FFFFFFFFUL) | ((codes & 0xFFFFFFFF00000000UL) >> (32 - (4 * bits)));
    }

    /// <summary>Undoes <see cref="Squeeze"/>; bits above the low <c>8 * bits</c> are ignored.</summary>
    /// <param name="squeezed">Eight codes.</param>
    /// <param name="bits">Width of a code, less than 8.</param>
    internal static ulong Spread(ulong squeezed, int bits)
    {
        squeezed = Part(squeezed, 4 * bits, 1UL, 32);
        squeezed = Part(squeezed, 2 * bits, 0x0000000100000001UL, 16);
        return Part(squeezed, bits, 0x0001000100010001UL, 8);
    }

    /// <summary>In every field, leaves the low <paramref name="bits"/> bits and moves as many above them up to <paramref name="place"/>.</summary>
    private static ulong Part(ulong codes, int bits, ulong fields, int place)
    {
        ulong low = fields * ((1UL << bits) - 1);
        return (codes & low) | ((codes & (low << bits)) << (place - bits));
    }

    private static int CheckMatrix(int codes, int columns, int bits, int packed)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        int rowBytes = RowBytes(columns, bits);
        if (codes % columns != 0)
        {
            throw new ArgumentException($"{codes} codes are not whole rows of {columns}.");
        }

        long needed = (long)(codes / columns) * rowBytes;
        if (packed != needed)
        {
            throw new ArgumentException($"{codes / columns} rows of {columns} codes of {bits} bits take {needed} bytes, and {packed} are given.");
        }

        return rowBytes;
    }

    private static void CheckRow(int columns, int bits, int packed)
    {
        int needed = RowBytes(columns, bits);
        if (packed != needed)
        {
            throw new ArgumentException($"{columns} codes of {bits} bits take {needed} bytes, and {packed} are given.");
        }
    }

    private static void CheckBits(int bits)
    {
        if (!Supports(bits))
        {
            throw new ArgumentOutOfRangeException(nameof(bits), bits, "Codes are packed to 1 to 8 bits.");
        }
    }
}
