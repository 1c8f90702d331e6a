using System.Security.Cryptography;
using QuantGen.Checkpoints;
using QuantGen.Files;

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
    private const int ChunkHashLength = SHA256.HashSizeInBytes;
    private const int ChunkLength = 1 << 22;

    /// <summary>Gets digits that take the place of a checksum that is not known yet.</summary>
    public static string Blank { get; } = new('0', 2 * Length);

    /// <summary>Reads a file's tensors, unless they are in memory, and computes their checksums, one after the other in the order of their bytes.</summary>
    public static byte[] OfAll(SafetensorsFile file, int threads, CancellationToken cancellation = default)
    {
        var chunks = new List<(int Tensor, int Chunk)>();
        for (int tensor = 0; tensor < file.Tensors.Count; tensor++)
        {
            for (int chunk = 0; chunk < ChunkCount(file.Tensors[tensor]); chunk++)
            {
                chunks.Add((tensor, chunk));
            }
        }

        file.Reserve();
        byte[] hashes = new byte[chunks.Count * ChunkHashLength];
        LoadLoop.Run(threads, chunks.Count, i =>
        {
            SafetensorsTensor tensor = file.Tensors[chunks[i].Tensor];
            int start = chunks[i].Chunk * ChunkLength;
            int length = (int)Math.Min(tensor.Length - start, ChunkLength);
            file.Load(tensor, start, length);
            SHA256.HashData(file.Bytes(tensor).Slice(start, length), hashes.AsSpan(i * ChunkHashLength, ChunkHashLength));
        }, cancellation);
        return Join(file, hashes);
    }

    private static int ChunkCount(SafetensorsTensor tensor) => (int)((tensor.Length + ChunkLength - 1) / ChunkLength);

    private static byte[] Join(SafetensorsFile file, ReadOnlySpan<byte> hashes)
    {
        byte[] checksums = new byte[file.Tensors.Count * Length];
        Span<byte> hash = stackalloc byte[ChunkHashLength];
        for (int i = 0; i < file.Tensors.Count; i++)
        {
            int length = ChunkCount(file.Tensors[i]) * ChunkHashLength;
            SHA256.HashData(hashes[..length], hash);
            hash[..Length].CopyTo(checksums.AsSpan(i * Length));
            hashes = hashes[length..];
        }

        return checksums;
    }
}
