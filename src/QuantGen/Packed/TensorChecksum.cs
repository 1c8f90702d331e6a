using System.Security.Cryptography;

namespace QuantGen.Packed;

/// <summary>The checksum of one tensor in a packed file.</summary>
/// <remarks>
/// The first 16 bytes of the SHA-256 of the SHA-256s of all chunks of 4 MiB, of which the last may be shorter. Chunks can be
/// hashed in parallel, though one tensor can be most of a file. Half of the hash finds damage as surely as all of it; against
/// someone who means to change a file, a checksum inside that file protects no one, however long it is.
/// </remarks>
internal static class TensorChecksum
{
    public const int Length = 16;
    public const int ChunkHashLength = SHA256.HashSizeInBytes;
    private const int ChunkLength = 1 << 22;

    /// <summary>Counts the chunks of a tensor.</summary>
    public static int ChunkCount(long length) => (int)((length + ChunkLength - 1) / ChunkLength);

    /// <summary>Hashes one chunk.</summary>
    public static void HashChunk(ReadOnlySpan<byte> tensor, int chunk, Span<byte> hash)
    {
        ReadOnlySpan<byte> rest = tensor[(chunk * ChunkLength)..];
        SHA256.HashData(rest[..Math.Min(rest.Length, ChunkLength)], hash);
    }

    /// <summary>Makes the checksum from the hashes of all chunks.</summary>
    public static void Join(ReadOnlySpan<byte> chunkHashes, Span<byte> checksum)
    {
        Span<byte> hash = stackalloc byte[ChunkHashLength];
        SHA256.HashData(chunkHashes, hash);
        hash[..Length].CopyTo(checksum);
    }

    /// <summary>Writes the checksum of a whole tensor as lower-case hexadecimal digits.</summary>
    public static string Text(ReadOnlySpan<byte> tensor)
    {
        byte[] hashes = new byte[ChunkCount(tensor.Length) * ChunkHashLength];
        for (int chunk = 0; chunk * ChunkHashLength < hashes.Length; chunk++)
        {
            HashChunk(tensor, chunk, hashes.AsSpan(chunk * ChunkHashLength, ChunkHashLength));
        }

        Span<byte> checksum = stackalloc byte[Length];
        Join(hashes, checksum);
        return Convert.ToHexStringLower(checksum);
    }
}
