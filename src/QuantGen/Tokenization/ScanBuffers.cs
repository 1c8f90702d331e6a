using System.Text;

namespace QuantGen.Tokenization;

/// <summary>The scratch memory of one scan. Each thread keeps one, so that encoding allocates nothing once it has grown.</summary>
internal sealed class ScanBuffers
{
    // Longer words and runs are rare; a thread does not hold on to the memory they took.
    private const int KeptLength = 1 << 16;

    [ThreadStatic]
    private static ScanBuffers? t_kept;

    private char[] _text = [];

    /// <summary>Gets the UTF-8 bytes of the word being read.</summary>
    public byte[] Word { get; private set; } = new byte[512];

    /// <summary>Gets, for each byte of the word, where its character starts in the text.</summary>
    public int[] Starts { get; private set; } = new int[512];

    /// <summary>Gets, for each byte of the word, where its character ends in the text.</summary>
    public int[] Ends { get; private set; } = new int[512];

    /// <summary>Gets the lower-cased ASCII characters of the stretch of text being read.</summary>
    public byte[] Block { get; } = new byte[AsciiBlock.Length + PieceHash.Padding];

    /// <summary>Gets the ids of the pieces found in the word.</summary>
    public int[] PieceIds { get; private set; } = new int[512];

    /// <summary>Gets where in the word each piece ends, in bytes.</summary>
    public int[] PieceEnds { get; private set; } = new int[512];

    /// <summary>Gets or sets room for a prefix, a word and the padding that hashing needs.</summary>
    public byte[] Joined { get; set; } = new byte[640];

    /// <summary>Gets the ids of the second text of a pair.</summary>
    public int[] SecondIds { get; set; } = [];

    /// <summary>Gets, for each UTF-16 position of the text that <see cref="Write"/> wrote and its end, which character stands there.</summary>
    public int[] CharacterPlaces { get; private set; } = new int[1];

    /// <summary>Gets the normalizer of runs that the tables do not cover.</summary>
    public RunNormalizer Normalizer { get; } = new();

    /// <summary>Takes this thread's buffers; a nested call gets fresh ones.</summary>
    public static ScanBuffers Take()
    {
        ScanBuffers buffers = t_kept ?? new ScanBuffers();
        t_kept = null;
        return buffers;
    }

    /// <summary>Gives the buffers back to this thread.</summary>
    public static void Return(ScanBuffers buffers)
    {
        if (buffers.Word.Length <= KeptLength && buffers.SecondIds.Length <= KeptLength && buffers._text.Length <= KeptLength)
        {
            t_kept = buffers;
        }
    }

    /// <summary>Writes normalized characters as UTF-16 text.</summary>
    public ReadOnlySpan<char> Write(ReadOnlySpan<NormalizedCharacter> characters)
    {
        if (_text.Length < 2 * characters.Length)
        {
            _text = new char[2 * characters.Length];
            CharacterPlaces = new int[_text.Length + 1];
        }

        int length = 0;
        for (int i = 0; i < characters.Length; i++)
        {
            int units = new Rune(characters[i].CodePoint).EncodeToUtf16(_text.AsSpan(length));
            CharacterPlaces.AsSpan(length, units).Fill(i);
            length += units;
        }

        CharacterPlaces[length] = characters.Length;
        return _text.AsSpan(0, length);
    }

    /// <summary>Doubles the room for a word and keeps its contents.</summary>
    public void GrowWord()
    {
        int length = 2 * Word.Length;
        Word = Resized(Word, length);
        Starts = Resized(Starts, length);
        Ends = Resized(Ends, length);
        PieceIds = new int[length];
        PieceEnds = new int[length];
    }

    private static T[] Resized<T>(T[] array, int length)
    {
        Array.Resize(ref array, length);
        return array;
    }
}
