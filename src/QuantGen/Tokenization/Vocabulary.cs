using System.Buffers;
using System.Text.Unicode;
using QuantGen.Files;

namespace QuantGen.Tokenization;

/// <summary>The pieces of a WordPiece vocabulary and their ids, which are their line numbers in <c>vocab.txt</c>.</summary>
/// <remarks>
/// Pieces stay UTF-8 in one block with a hash table of 4-byte slots beside it, so a vocabulary takes about four times its file
/// whatever is in it. Looking up allocates nothing.
/// </remarks>
public sealed class Vocabulary
{
    private readonly byte[] _bytes;
    private readonly int[] _starts;
    private readonly uint[] _slots;
    private readonly uint _idMask;

    /// <summary>Creates a vocabulary over checked bytes and builds its hash table.</summary>
    /// <param name="bytes">Canonical bytes: every piece followed by one line feed.</param>
    /// <param name="starts">Where each piece starts, and after the last one the length of <paramref name="bytes"/>.</param>
    /// <param name="slots">Space for the hash table, all zero; longer than the count of pieces.</param>
    /// <param name="duplicate">The first piece that occurs twice, or -1.</param>
    internal Vocabulary(byte[] bytes, int[] starts, uint[] slots, out int duplicate)
    {
        _bytes = bytes;
        _starts = starts;
        _slots = slots;
        _idMask = System.Numerics.BitOperations.RoundUpToPowerOf2((uint)starts.Length + 1) - 1;
        duplicate = -1;
        for (int id = 0; id < Count && duplicate < 0; id++)
        {
            MaxPieceBytes = Math.Max(MaxPieceBytes, GetPieceUtf8(id).Length);
            duplicate = Insert(id) ? -1 : id;
        }
    }

    private Vocabulary(Vocabulary whole, HashSet<int> left)
    {
        _bytes = whole._bytes;
        _starts = whole._starts;
        _slots = new uint[whole._slots.Length];
        _idMask = whole._idMask;
        for (int id = 0; id < Count; id++)
        {
            if (!left.Contains(id))
            {
                MaxPieceBytes = Math.Max(MaxPieceBytes, GetPieceUtf8(id).Length);
                Insert(id);
            }
        }
    }

    /// <summary>Gets one more than the largest id; ids run from 0 to this.</summary>
    public int Count => _starts.Length - 1;

    /// <summary>Gets the canonical <c>vocab.txt</c>: one piece a line in id order, each ended by one line feed.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>Gets the length of the longest piece in UTF-8 bytes.</summary>
    internal int MaxPieceBytes { get; }

    /// <summary>Reads a <c>vocab.txt</c>: one piece a line, UTF-8, LF or CRLF, with or without a line end after the last piece.</summary>
    /// <param name="vocabTxt">The bytes of the file.</param>
    /// <param name="fileName">The name that errors give.</param>
    /// <exception cref="ModelFormatException">A line is empty, too long, repeated or not UTF-8, or there is none.</exception>
    public static Vocabulary Parse(ReadOnlySpan<byte> vocabTxt, string fileName) => VocabularyReader.Read(vocabTxt, fileName);

    /// <summary>Writes the canonical <c>vocab.txt</c>; a reader sees the old file or the whole new one.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        AtomicFile.Write(path, stream => stream.Write(_bytes));
    }

    /// <summary>Returns the id of a piece, or -1 when the vocabulary does not have it.</summary>
    /// <param name="piece">The piece exactly as in the vocabulary, with its prefix if it has one.</param>
    public int IndexOf(ReadOnlySpan<char> piece)
    {
        if (piece.IsEmpty || piece.Length > MaxPieceBytes)
        {
            return -1;
        }

        // Lines are at most VocabularyReader.MaxPieceBytes long, so this buffer is small.
        Span<byte> utf8 = stackalloc byte[MaxPieceBytes];
        if (Utf8.FromUtf16(piece, utf8, out _, out int length, replaceInvalidSequences: false) != OperationStatus.Done)
        {
            return -1;
        }

        return Find(utf8[..length], PieceHash.Compute(utf8[..length]));
    }

    /// <summary>Returns a piece as a new string; an empty one for an id that the vocabulary leaves out.</summary>
    /// <param name="id">An id from 0 to <see cref="Count"/> - 1.</param>
    public string GetPiece(int id) => System.Text.Encoding.UTF8.GetString(GetPieceUtf8(id));

    /// <summary>Returns a piece as its UTF-8 bytes.</summary>
    /// <param name="id">An id from 0 to <see cref="Count"/> - 1.</param>
    public ReadOnlySpan<byte> GetPieceUtf8(int id)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(id);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(id, Count);
        return _bytes.AsSpan(_starts[id], _starts[id + 1] - _starts[id] - 1);
    }

    /// <summary>Returns a vocabulary with the same ids that does not find these.</summary>
    internal Vocabulary Without(HashSet<int> ids) => ids.Count == 0 ? this : new Vocabulary(this, ids);

    /// <summary>Returns the id of the piece with these bytes, or -1.</summary>
    /// <param name="utf8">The bytes of the piece.</param>
    /// <param name="hash">Their hash.</param>
    internal int Find(ReadOnlySpan<byte> utf8, ulong hash)
    {
        uint[] slots = _slots;
        int[] starts = _starts;
        uint slot = FirstSlot(hash, slots.Length);
        uint entry;
        while ((entry = slots[slot]) != 0)
        {
            // The bits an id does not need hold bits of the hash, so that other pieces are seldom compared.
            if (((entry ^ Tag(hash)) & ~_idMask) == 0)
            {
                uint id = (entry & _idMask) - 1;
                int start = starts[id];
                int length = starts[id + 1] - start - 1;
                if (length == utf8.Length && _bytes.AsSpan(start, length).SequenceEqual(utf8))
                {
                    return (int)id;
                }
            }

            slot = slot + 1 == (uint)slots.Length ? 0 : slot + 1;
        }

        return -1;
    }

    private bool Insert(int id)
    {
        ReadOnlySpan<byte> piece = GetPieceUtf8(id);
        if (piece.IsEmpty)
        {
            // An id without a piece is found by no text.
            return true;
        }

        ulong hash = PieceHash.Compute(piece);
        if (Find(piece, hash) >= 0)
        {
            return false;
        }

        uint slot = FirstSlot(hash, _slots.Length);
        while (_slots[slot] != 0)
        {
            slot = slot + 1 == (uint)_slots.Length ? 0 : slot + 1;
        }

        _slots[slot] = (Tag(hash) & ~_idMask) | (uint)(id + 1);
        return true;
    }

    // The slot comes from the highest bits, which depend on every byte; the tag from bits the slot does not use.
    private static uint FirstSlot(ulong hash, int slotCount) => (uint)(((hash >> 32) * (uint)slotCount) >> 32);

    private static uint Tag(ulong hash) => (uint)(hash >> 12);
}
