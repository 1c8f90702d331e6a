using System.Numerics;
using System.Text;

namespace QuantGen.Tokenization;

/// <summary>Splits text into words as BERT does and words into the longest pieces the vocabulary has.</summary>
/// <remarks>
/// ASCII words between spaces and punctuation take the short way in <see cref="ScanBlock"/>, 64 characters at a time. Everything else goes
/// through <see cref="ScanWord"/>, which knows every kind of character.
/// </remarks>
internal sealed class WordPieceScanner
{
    private readonly Vocabulary _vocabulary;
    private readonly CharacterTable _table;
    private readonly NormalizationRules _rules;
    private readonly bool _lowersCase;
    private readonly CharacterKind[] _latinKinds;
    private readonly int[] _asciiIsolatedIds;
    private readonly byte[] _prefix;
    private readonly int _unknownId;
    private readonly int _maxCharacters;

    /// <summary>Creates the scanner of one vocabulary.</summary>
    public WordPieceScanner(Vocabulary vocabulary, TokenizerOptions options, int unknownId)
    {
        _vocabulary = vocabulary;
        _unknownId = unknownId;
        _maxCharacters = options.MaxInputCharsPerWord;
        _rules = NormalizationRules.Of(options);
        _lowersCase = _rules.LowersCase;
        _table = CharacterTable.For(_rules);
        CharacterTable.Page latin = _table.GetPage('\0');
        _latinKinds = latin.Kinds;
        _prefix = System.Text.Encoding.UTF8.GetBytes(options.ContinuingPrefix);
        _asciiIsolatedIds = new int[128];
        for (int i = 0; i < 128; i++)
        {
            _asciiIsolatedIds[i] = FindCharacter(latin.Mapped[i]);
        }
    }

    /// <summary>Reads a text from a position to its end.</summary>
    public void Scan<TSink>(ReadOnlySpan<char> text, int from, ScanBuffers buffers, ref TSink sink)
        where TSink : struct, ITokenSink, allows ref struct
    {
        int at = from;
        while (at < text.Length)
        {
            at = ScanBlock(text, at, buffers, ref sink);
        }
    }

    /// <summary>Reads text that is normalized already.</summary>
    public void ScanNormalized<TSink>(ReadOnlySpan<NormalizedCharacter> text, ScanBuffers buffers, ref TSink sink)
        where TSink : struct, ITokenSink, allows ref struct
    {
        WordState state = default;
        foreach (NormalizedCharacter character in text)
        {
            Feed(character, ref state, buffers, ref sink);
        }

        EndWord(ref state, buffers, ref sink);
    }

    /// <summary>Reads what lies within one block of characters; returns where the next block starts.</summary>
    private int ScanBlock<TSink>(ReadOnlySpan<char> text, int blockStart, ScanBuffers buffers, ref TSink sink)
        where TSink : struct, ITokenSink, allows ref struct
    {
        ReadOnlySpan<char> rest = text[blockStart..];
        byte[] block = buffers.Block;
        ulong words = AsciiBlock.Classify(rest, _lowersCase, block);
        int limit = Math.Min(rest.Length, AsciiBlock.Length);
        int at = 0;
        while (at < limit)
        {
            int length = BitOperations.TrailingZeroCount(~(words >> at));
            int end = at + length;
            if (end >= limit && end < rest.Length)
            {
                // The word may go on in the next block, which therefore starts with it, unless this one did already.
                return at > 0 ? blockStart + at : LeaveBlock(text, blockStart, at, length, buffers, ref sink);
            }

            char next = end < rest.Length ? rest[end] : ' ';
            CharacterKind kind = next < 128 ? _latinKinds[next] : CharacterKind.Complex;
            if (length > _maxCharacters || kind is not (CharacterKind.Space or CharacterKind.Isolated))
            {
                return LeaveBlock(text, blockStart, at, length, buffers, ref sink);
            }

            if (length != 0)
            {
                ReadOnlySpan<byte> word = block.AsSpan(at);
                int id = _vocabulary.Find(word[..length], PieceHash.ComputePadded(word, length));
                if (id >= 0)
                {
                    sink.Add(id, blockStart + at, blockStart + end);
                }
                else
                {
                    Split(word[..length], blockStart + at, blockStart + end, isPlain: true, buffers, ref sink);
                }
            }

            if (kind == CharacterKind.Isolated)
            {
                sink.Add(_asciiIsolatedIds[next], blockStart + end, blockStart + end + 1);
            }

            at = end + 1;
        }

        return blockStart + at;
    }

    /// <summary>Hands over to the general way with the part of a word found so far.</summary>
    private int LeaveBlock<TSink>(ReadOnlySpan<char> text, int blockStart, int at, int length, ScanBuffers buffers, ref TSink sink)
        where TSink : struct, ITokenSink, allows ref struct
    {
        buffers.Block.AsSpan(at, length).CopyTo(buffers.Word);
        int start = blockStart + at;
        var state = new WordState { Length = length, Characters = length, Start = start, End = start + length };
        return ScanWord(text, start + length, state, buffers, ref sink);
    }

    /// <summary>Goes on with a word, which may be empty so far, until a word ends before an ASCII character; returns where that is.</summary>
    private int ScanWord<TSink>(ReadOnlySpan<char> text, int at, WordState state, ScanBuffers buffers, ref TSink sink)
        where TSink : struct, ITokenSink, allows ref struct
    {
        // So far one character was one byte.
        for (int i = 0; TSink.WantsOffsets && i < state.Length; i++)
        {
            buffers.Starts[i] = state.Start + i;
            buffers.Ends[i] = state.Start + i + 1;
        }

        while (at < text.Length)
        {
            char character = text[at];
            CharacterTable.Page page = _table.GetPage(character);
            CharacterKind kind = page.Kinds[character & 0xFF];
            switch (kind)
            {
                case CharacterKind.Word:
                    Append<TSink>(new NormalizedCharacter(page.Mapped[character & 0xFF], at, at + 1), ref state, buffers);
                    at++;
                    break;
                case CharacterKind.Removed:
                    at++;
                    break;
                case CharacterKind.Complex:
                    int end = EndOfRun(text, at);
                    buffers.Normalizer.Normalize(text[at..end], at, _rules);
                    foreach (NormalizedCharacter normalized in buffers.Normalizer.Result)
                    {
                        Feed(normalized, ref state, buffers, ref sink);
                    }

                    at = end;
                    break;
                default:
                    EndWord(ref state, buffers, ref sink);
                    if (kind == CharacterKind.Isolated)
                    {
                        sink.Add(FindCharacter(page.Mapped[character & 0xFF]), at, at + 1);
                    }

                    at++;
                    if (at == text.Length || text[at] < 128)
                    {
                        return at;
                    }

                    // Text of another script goes on here; blocks are for ASCII.
                    break;
            }
        }

        EndWord(ref state, buffers, ref sink);
        return at;
    }

    private void Feed<TSink>(NormalizedCharacter character, ref WordState state, ScanBuffers buffers, ref TSink sink)
        where TSink : struct, ITokenSink, allows ref struct
    {
        if (UnicodeData.IsWhiteSpace(character.CodePoint))
        {
            EndWord(ref state, buffers, ref sink);
        }
        else if (UnicodeData.IsPunctuation(character.CodePoint))
        {
            EndWord(ref state, buffers, ref sink);
            sink.Add(FindCharacter(character.CodePoint), character.Start, character.End);
        }
        else
        {
            Append<TSink>(character, ref state, buffers);
        }
    }

    private void Append<TSink>(NormalizedCharacter character, ref WordState state, ScanBuffers buffers)
        where TSink : struct, ITokenSink, allows ref struct
    {
        state.Start = state.Characters == 0 ? character.Start : state.Start;
        state.End = character.End;
        state.Characters++;
        if (state.Characters > _maxCharacters)
        {
            // The word is unknown whatever follows, so only its range still matters.
            return;
        }

        if (state.Length + 4 > buffers.Word.Length)
        {
            buffers.GrowWord();
        }

        int length = new Rune(character.CodePoint).EncodeToUtf8(buffers.Word.AsSpan(state.Length));
        for (int i = 0; i < length; i++)
        {
            if (TSink.WantsOffsets)
            {
                buffers.Starts[state.Length] = character.Start;
                buffers.Ends[state.Length] = character.End;
            }

            state.Length++;
        }
    }

    private void EndWord<TSink>(ref WordState state, ScanBuffers buffers, ref TSink sink)
        where TSink : struct, ITokenSink, allows ref struct
    {
        if (state.Characters > _maxCharacters)
        {
            sink.Add(_unknownId, state.Start, state.End);
        }
        else if (state.Characters > 0)
        {
            ReadOnlySpan<byte> word = buffers.Word.AsSpan(0, state.Length);
            int id = _vocabulary.Find(word, PieceHash.Compute(word));
            if (id >= 0)
            {
                sink.Add(id, state.Start, state.End);
            }
            else
            {
                Split(word, state.Start, state.End, isPlain: false, buffers, ref sink);
            }
        }

        state = default;
    }

    /// <summary>Splits a word that is no piece itself greedily into the longest pieces; where a rest has none, the word is unknown.</summary>
    private void Split<TSink>(ReadOnlySpan<byte> word, int start, int end, bool isPlain, ScanBuffers buffers, ref TSink sink)
        where TSink : struct, ITokenSink, allows ref struct
    {
        // The prefix is put before each rest in place, over bytes of the word that are done with.
        int prefixLength = _prefix.Length;
        int joinedLength = prefixLength + word.Length + PieceHash.Padding;
        if (buffers.Joined.Length < joinedLength)
        {
            buffers.Joined = new byte[2 * joinedLength];
        }

        Span<byte> joined = buffers.Joined.AsSpan(0, joinedLength);
        word.CopyTo(joined[prefixLength..]);
        int pieces = 0;
        for (int at = 0; at < word.Length; pieces++)
        {
            int lead = at == 0 ? 0 : prefixLength;
            Span<byte> rest = joined[(prefixLength + at - lead)..];
            if (at > 0)
            {
                _prefix.CopyTo(rest);
            }

            int id = -1;
            int taken = Math.Min(word.Length - at, _vocabulary.MaxPieceBytes - lead);
            for (; taken > 0; taken--)
            {
                id = _vocabulary.Find(rest[..(lead + taken)], PieceHash.ComputePadded(rest, lead + taken));
                if (id >= 0)
                {
                    break;
                }
            }

            if (id < 0)
            {
                sink.Add(_unknownId, start, end);
                return;
            }

            at += taken;
            buffers.PieceIds[pieces] = id;
            buffers.PieceEnds[pieces] = at;
        }

        int first = 0;
        for (int i = 0; i < pieces; i++)
        {
            int last = buffers.PieceEnds[i];
            int pieceStart = isPlain || !TSink.WantsOffsets ? start + first : buffers.Starts[first];
            int pieceEnd = isPlain || !TSink.WantsOffsets ? start + last : buffers.Ends[last - 1];
            sink.Add(buffers.PieceIds[i], pieceStart, pieceEnd);
            first = last;
        }
    }

    private int EndOfRun(ReadOnlySpan<char> text, int start)
    {
        // Long runs (Korean, emoji) may end before any character that starts anew, so that buffers stay small.
        const int LongRun = 256;
        Span<int> parts = stackalloc int[UnicodeData.MaxDecomposition];
        int at = start;
        while (at < text.Length)
        {
            CharacterKind kind = _table.GetPage(text[at]).Kinds[text[at] & 0xFF];
            if (kind is not (CharacterKind.Complex or CharacterKind.Removed))
            {
                break;
            }

            Rune.DecodeFromUtf16(text[at..], out Rune rune, out int length);
            if (at - start >= LongRun && kind == CharacterKind.Complex)
            {
                UnicodeData.Decompose(rune.Value, parts);
                if (UnicodeData.CombiningClass(parts[0]) == 0)
                {
                    break;
                }
            }

            at += length;
        }

        return at;
    }

    private int FindCharacter(int codePoint)
    {
        Span<byte> utf8 = stackalloc byte[4];
        utf8 = utf8[..new Rune(codePoint).EncodeToUtf8(utf8)];
        int id = _vocabulary.Find(utf8, PieceHash.Compute(utf8));
        return id >= 0 ? id : _unknownId;
    }

    /// <summary>The word being read.</summary>
    private struct WordState
    {
        public int Length;
        public int Characters;
        public int Start;
        public int End;
    }
}
