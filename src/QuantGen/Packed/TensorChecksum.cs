using System.IO.Hashing;
using QuantGen.Checkpoints;
using QuantGen.Files;

namespace QuantGen.Packed;

/// <summary>The checksum of one tensor in a packed file.</summary>
/// <remarks>
/// XXH3 of 128 bits over those of all chunks of 1 MiB, of which the last may be shorter. Chunks can be hashed in parallel, though one tensor can be most of
/// a file, and fit a processor's cache, where reading left them. It finds damage; against someone who means to change a file, a checksum inside that file
/// protects no one, however it is made, and a cryptographic one would take longer than all the rest of loading.
/// </remarks>
internal static class TensorChecksum
{
    public const int Length = 16;
    private const int ChunkLength = 1 << 20;

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
        byte[] hashes = new byte[chunks.Count * Length];
        LoadLoop.Run(threads, chunks.Count, i =>
        {
            SafetensorsTensor tensor = file.Tensors[chunks[i].Tensor];
            int start = chunks[i].Chunk * ChunkLength;
            int length = (int)Math.Min(tensor.Length - start, ChunkLength);
            file.Load(tensor, start, length);
            XxHash128.Hash(file.Bytes(tensor).Slice(start, length), hashes.AsSpan(i * Length, Length));
        }, cancellation);
        return Join(file, hashes);
    }

    private static int ChunkCount(SafetensorsTensor tensor) => (int)((tensor.Length + ChunkLength - 1) / ChunkLength);

    private static byte[] Join(SafetensorsFile file, ReadOnlySpan<byte> hashes)
    {
        byte[] checksums = new byte[file.Tensors.Count * Length];
        for (int i = 0; i < file.Tensors.Count; i++)
        {
            int length = ChunkCount(file.Tensors[i]) * Length;
            XxHash128.Hash(hashes[..length], checksums.AsSpan(i * Length, Length));
            hashes = hashes[length..];
        }

        return checksums;
    }
}
