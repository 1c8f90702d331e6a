using System.Text;

namespace QuantGen.Tokenization;

/// <summary>Splits text into words as BERT does and words into the longest pieces the vocabulary has.</summary>
/// <remarks>
/// ASCII words between spaces and punctuation take the short way in <see cref="Scan"/>: one loop lower-cases, copies and hashes.
/// Everything else goes through <see cref="ScanWord"/>, which knows every kind of character.
/// </remarks>
internal sealed class WordPieceScanner
{
    // Buffers always hold this many bytes, so the short way need not check.
    private const int MaxShortWord = 256;

    private readonly Vocabulary _vocabulary;
    private readonly CharacterTable _table;
    private readonly NormalizationRules _rules;
    private readonly byte[] _asciiWord;
    private readonly CharacterKind[] _latinKinds;
    private readonly int[] _asciiIsolatedIds;
    private readonly byte[] _prefix;
    private readonly uint _prefixHash;
    private readonly int _unknownId;
    private readonly int _maxCharacters;

    /// <summary>Creates the scanner of one vocabulary.</summary>
    public WordPieceScanner(Vocabulary vocabulary, TokenizerOptions options, int unknownId)
    {
        _vocabulary = vocabulary;
        _unknownId = unknownId;
        _maxCharacters = options.MaxInputCharsPerWord;
        _rules = new NormalizationRules(options.CleanText, options.HandleChineseCharacters, options.StripsAccents, options.LowerCase);
        _table = CharacterTable.For(_rules);
        _asciiWord = _table.AsciiWord;
        CharacterTable.Page latin = _table.GetPage('\0');
        _latinKinds = latin.Kinds;
        _prefix = System.Text.Encoding.UTF8.GetBytes(options.ContinuingPrefix);
        _prefixHash = Vocabulary.Hash(_prefix, Vocabulary.HashSeed);
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
        byte[] asciiWord = _asciiWord;
        byte[] word = buffers.Word;
        int shortLimit = Math.Min(_maxCharacters, MaxShortWord);
        int start = from;
        while (start < text.Length)
        {
            // An ASCII word, as far as it goes. Characters up to U+007F index both tables.
            ReadOnlySpan<char> rest = text[start..];
            int limit = Math.Min(rest.Length, shortLimit);
            uint hash = Vocabulary.HashSeed;
            int length = 0;
            while (length < limit && rest[length] < asciiWord.Length && asciiWord[rest[length]] is byte mapped and not 0)
            {
                word[length++] = mapped;
                hash = Vocabulary.Hash(hash, mapped);
            }

            int end = start + length;
            char next = length < rest.Length ? rest[length] : ' ';
            CharacterKind kind = next < 128 ? _latinKinds[next] : CharacterKind.Complex;
            if (kind is not (CharacterKind.Space or CharacterKind.Isolated))
            {
                var state = new WordState { Length = length, Characters = length, Hash = hash, Start = start, End = end };
                start = ScanWord(text, end, state, buffers, ref sink);
                word = buffers.Word;
                continue;
            }

            if (length != 0)
            {
                int id = _vocabulary.Find(word.AsSpan(0, length), hash);
                if (id >= 0)
                {
                    sink.Add(id, start, end);
                }
                else
                {
                    Split(length, start, end, isPlain: true, buffers, ref sink);
                }
            }

            if (kind == CharacterKind.Isolated)
            {
                sink.Add(_asciiIsolatedIds[next], end, end + 1);
            }

            start = end + 1;
        }
    }

    /// <summary>Goes on with a word, which may be empty so far, up to its end; returns where the next one may start.</summary>
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

                    return at + 1;
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
            state.Hash = Vocabulary.Hash(state.Hash, buffers.Word[state.Length]);
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
            int id = _vocabulary.Find(buffers.Word.AsSpan(0, state.Length), state.Hash);
            if (id >= 0)
            {
                sink.Add(id, state.Start, state.End);
            }
            else
            {
                Split(state.Length, state.Start, state.End, isPlain: false, buffers, ref sink);
            }
        }

        state = new WordState { Hash = Vocabulary.HashSeed };
    }

    /// <summary>Splits a word greedily into the longest pieces, or passes on the unknown token when a rest has none.</summary>
    private void Split<TSink>(int length, int start, int end, bool isPlain, ScanBuffers buffers, ref TSink sink)
        where TSink : struct, ITokenSink, allows ref struct
    {
        ReadOnlySpan<byte> word = buffers.Word.AsSpan(0, length);
        uint[] hashes = buffers.Hashes;
        int pieces = 0;
        for (int at = 0; at < length; pieces++)
        {
            ReadOnlySpan<byte> prefix = at == 0 ? default : _prefix;
            uint hash = at == 0 ? Vocabulary.HashSeed : _prefixHash;
            int longest = Math.Min(length - at, _vocabulary.MaxPieceBytes - prefix.Length);
            for (int i = 0; i < longest; i++)
            {
                hash = Vocabulary.Hash(hash, word[at + i]);
                hashes[i] = hash;
            }

            int id = -1;
            int taken = longest;
            for (; taken > 0; taken--)
            {
                id = _vocabulary.Find(prefix, word.Slice(at, taken), hashes[taken - 1]);
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
        int id = _vocabulary.Find(utf8, Vocabulary.Hash(utf8, Vocabulary.HashSeed));
        return id >= 0 ? id : _unknownId;
    }

    /// <summary>The word being read.</summary>
    private struct WordState
    {
        public int Length;
        public int Characters;
        public int Start;
        public int End;
        public uint Hash;
    }
}
