using System.Buffers.Binary;
using System.Numerics;

namespace QuantGen.Tokenization;

/// <summary>Hashes the UTF-8 bytes of a piece eight at a time, the last block filled up with zeros.</summary>
internal static class PieceHash
{
    /// <summary>How many bytes behind a word <see cref="ComputePadded"/> may read.</summary>
    public const int Padding = 8;

    private const ulong Seed = 0x243F6A8885A308D3;
    private const ulong Factor = 0x9E3779B97F4A7C15;

    /// <summary>Hashes all bytes of a span.</summary>
    public static ulong Compute(ReadOnlySpan<byte> utf8)
    {
        ulong hash = Seed;
        for (; utf8.Length > 8; utf8 = utf8[8..])
        {
            hash = Fold(hash, BinaryPrimitives.ReadUInt64LittleEndian(utf8));
        }

        ulong last = 0;
        for (int i = utf8.Length - 1; i >= 0; i--)
        {
            last = (last << 8) | utf8[i];
        }

        return Fold(hash, last);
    }

    /// <summary>Hashes the first bytes of a span that goes on for at least <see cref="Padding"/> bytes behind them.</summary>
    /// <param name="utf8">The bytes; what follows the first <paramref name="length"/> does not matter.</param>
    /// <param name="length">At least 1.</param>
    /// <returns>The same as <see cref="Compute"/> gives for those bytes.</returns>
    public static ulong ComputePadded(ReadOnlySpan<byte> utf8, int length)
    {
        ulong hash = Seed;
        int at = 0;
        for (; length - at > 8; at += 8)
        {
            hash = Fold(hash, BinaryPrimitives.ReadUInt64LittleEndian(utf8[at..]));
        }

        ulong last = BinaryPrimitives.ReadUInt64LittleEndian(utf8[at..]);
        return Fold(hash, last & (ulong.MaxValue >> (64 - (8 * (length - at)))));
    }

    private static ulong Fold(ulong hash, ulong block) => (BitOperations.RotateLeft(hash, 29) ^ block) * Factor;
}
