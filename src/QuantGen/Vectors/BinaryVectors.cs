using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace QuantGen.Vectors;

/// <summary>An index of the signs of vectors; scores are the cosines of signs: 1 less twice the share of elements whose signs differ.</summary>
public sealed class BinaryVectors : VectorIndex
{
    private const int WordBits = 64;

    private readonly ulong[] _words;
    private readonly int _stride;

    /// <summary>Creates an index.</summary>
    /// <param name="vectors">At least one vector; all of one length and finite.</param>
    /// <exception cref="ArgumentException">There is no vector, or one has another length or a value that is not finite.</exception>
    public BinaryVectors(IReadOnlyList<float[]> vectors)
        : base(vectors)
    {
        _stride = (Dimensions + WordBits - 1) / WordBits;
        _words = new ulong[checked(Count * _stride)];
        for (int i = 0; i < Count; i++)
        {
            Pack(vectors[i], _words.AsSpan(i * _stride, _stride));
        }
    }

    /// <inheritdoc/>
    public override long Bytes => (long)Count * VectorCodes.SignBytes(Dimensions);

    private protected override void Scan(scoped Span<float> query, ref TopHits top)
    {
        // The query is not needed again, and its signs take no more room than it does.
        Span<ulong> own = MemoryMarshal.Cast<float, ulong>(query)[.._stride];
        Pack(query[..Dimensions], own);
        for (int i = 0; i < Count; i++)
        {
            int differing = 0;
            ReadOnlySpan<ulong> row = _words.AsSpan(i * _stride, _stride);
            for (int word = 0; word < row.Length; word++)
            {
                differing += BitOperations.PopCount(row[word] ^ own[word]);
            }

            top.Offer(i, 1 - (2f * differing / Dimensions));
        }
    }

    private static void Pack(ReadOnlySpan<float> vector, Span<ulong> words)
    {
        Span<byte> signs = stackalloc byte[sizeof(ulong)];
        for (int word = 0; word < words.Length; word++)
        {
            ReadOnlySpan<float> part = vector.Slice(word * WordBits, Math.Min(WordBits, vector.Length - (word * WordBits)));
            signs.Clear();
            VectorCodes.PackSigns(part, signs[..VectorCodes.SignBytes(part.Length)]);
            words[word] = BinaryPrimitives.ReadUInt64LittleEndian(signs);
        }
    }
}
