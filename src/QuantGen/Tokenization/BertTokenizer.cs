namespace QuantGen.Tokenization;

/// <summary>Turns text into the ids of a BERT WordPiece vocabulary, equal to Hugging Face's <c>tokenizers</c> library.</summary>
/// <remarks>
/// Ids do not depend on the machine: Unicode data is built in, and neither ICU nor the culture is used. Instances are immutable
/// and may be used from any thread. The tokenizer itself never fails on a long text: without truncation it returns an encoding
/// longer than the model takes, and the caller checks.
/// </remarks>
public sealed class BertTokenizer
{
    private const int SpecialsOfSingle = 2;
    private const int SpecialsOfPair = 3;

    private readonly WordPieceScanner _scanner;
    private readonly AddedTokenMatcher _rawTokens;
    private readonly NormalizedTokens? _normalizedTokens;
    private readonly WordPieceDecoder _decoder;

    internal BertTokenizer(Vocabulary vocabulary, TokenizerOptions options, string fileName, int? modelMaxLength)
    {
        TokenizerChecks.Check(options);
        Vocabulary = vocabulary;
        Options = options;
        ModelMaxLength = modelMaxLength;
        UnknownId = TokenizerChecks.Require(vocabulary, options.UnknownToken, fileName);
        ClassifyId = TokenizerChecks.Require(vocabulary, options.ClassifyToken, fileName);
        SeparatorId = TokenizerChecks.Require(vocabulary, options.SeparatorToken, fileName);
        PadId = TokenizerChecks.Find(vocabulary, options.PadToken);
        MaskId = TokenizerChecks.Find(vocabulary, options.MaskToken);
        List<(AddedToken Token, int Id)> added = TokenizerChecks.CollectAddedTokens(vocabulary, options, fileName);
        _rawTokens = new AddedTokenMatcher(added.Where(entry => !entry.Token.Normalized).Select(entry => (entry.Token, entry.Id, entry.Token.Content)));
        _normalizedTokens = NormalizedTokens.Of(added, options, fileName);
        HashSet<int> noPieces = [.. added.Where(entry => !entry.Token.IsPiece).Select(entry => entry.Id)];
        _scanner = new WordPieceScanner(vocabulary.Without(noPieces), options, UnknownId);
        _decoder = new WordPieceDecoder(vocabulary, options, [.. added.Where(entry => entry.Token.Special).Select(entry => entry.Id)]);
    }

    /// <summary>Gets the vocabulary.</summary>
    public Vocabulary Vocabulary { get; }

    /// <summary>Gets the options the tokenizer was made with.</summary>
    public TokenizerOptions Options { get; }

    /// <summary>Gets the canonical <c>vocab.txt</c>, which with <see cref="Options"/> makes an equal tokenizer.</summary>
    public ReadOnlyMemory<byte> VocabularyBytes => Vocabulary.Bytes;

    /// <summary>Gets the longest encoding the model takes as <c>tokenizer_config.json</c> says; null when it does not say.</summary>
    public int? ModelMaxLength { get; }

    /// <summary>Gets the id of words that cannot be split.</summary>
    public int UnknownId { get; }

    /// <summary>Gets the id that starts every encoding.</summary>
    public int ClassifyId { get; }

    /// <summary>Gets the id that ends every text.</summary>
    public int SeparatorId { get; }

    /// <summary>Gets the padding id; null when the vocabulary has none.</summary>
    public int? PadId { get; }

    /// <summary>Gets the mask id; null when the vocabulary has none.</summary>
    public int? MaskId { get; }

    /// <summary>Reads <c>vocab.txt</c> or <c>tokenizer.json</c> or both, and <c>tokenizer_config.json</c> if it is there.</summary>
    /// <param name="directory">A model folder in Hugging Face layout.</param>
    /// <exception cref="ModelFormatException">A file is damaged, is not a BERT tokenizer's, or two files disagree.</exception>
    public static BertTokenizer FromDirectory(string directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        return TokenizerDirectory.Load(directory);
    }

    /// <summary>Makes a tokenizer from the bytes of a <c>vocab.txt</c>.</summary>
    /// <param name="vocabTxt">One piece a line.</param>
    /// <param name="options">How text is treated.</param>
    /// <param name="fileName">The name that errors give.</param>
    /// <exception cref="ModelFormatException">The vocabulary is damaged or lacks a special token.</exception>
    /// <exception cref="ArgumentException">An option has no meaning.</exception>
    public static BertTokenizer FromVocabulary(ReadOnlyMemory<byte> vocabTxt, TokenizerOptions options, string fileName)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(fileName);
        return new BertTokenizer(VocabularyReader.Read(vocabTxt.Span, fileName, options.AllowsGaps), options, fileName, modelMaxLength: null);
    }

    /// <summary>Encodes a text or a pair of texts.</summary>
    /// <param name="text">The first text.</param>
    /// <param name="pair">The second text; null for none. An empty one still gets its separator.</param>
    /// <param name="options">Limits; null for none.</param>
    /// <exception cref="ArgumentException">The limits cannot be met.</exception>
    public EncodedText Encode(string text, string? pair = null, EncodeOptions? options = null)
    {
        (ListSink first, ListSink? second) = Tokenize(text, pair);
        (int firstCount, int secondCount) = Plan(first, second, options);
        return Assemble(first, new TextRange(0, firstCount), second, new TextRange(0, secondCount));
    }

    /// <summary>Encodes a text or a pair of texts into as many windows as it takes to cover what truncation cuts off.</summary>
    /// <param name="text">The first text.</param>
    /// <param name="pair">The second text; null for none.</param>
    /// <param name="options">Limits and the overlap.</param>
    /// <returns>The truncated encoding, then those of what was cut off, in text order.</returns>
    /// <remarks>
    /// Neighbouring windows share <see cref="EncodeOptions.Overlap"/> tokens. When longest-first cuts both texts, every window of
    /// the first meets every window of the second.
    /// </remarks>
    /// <exception cref="ArgumentException">The limits cannot be met, or the overlap leaves nothing new in a window.</exception>
    public IReadOnlyList<EncodedText> EncodeWindows(string text, string? pair, EncodeOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        (ListSink first, ListSink? second) = Tokenize(text, pair);
        (int firstCount, int secondCount) = Plan(first, second, options);
        TextRange[] firstWindows = Windows.Split(first.Ids.Count, firstCount, options.Overlap);
        TextRange[] secondWindows = second is ListSink tokens ? Windows.Split(tokens.Ids.Count, secondCount, options.Overlap) : [default];

        // The truncated pair, then the other windows of the first text each with all of the second, then the rest of the second.
        var encodings = new List<EncodedText> { Assemble(first, firstWindows[0], second, secondWindows[0]) };
        foreach (TextRange firstWindow in firstWindows.AsSpan(1))
        {
            foreach (TextRange secondWindow in secondWindows)
            {
                encodings.Add(Assemble(first, firstWindow, second, secondWindow));
            }
        }

        foreach (TextRange secondWindow in secondWindows.AsSpan(1))
        {
            encodings.Add(Assemble(first, firstWindows[0], second, secondWindow));
        }

        return encodings;
    }

    /// <summary>Encodes into spans, truncated longest-first, and allocates nothing once the thread's buffers have grown.</summary>
    /// <param name="text">The first text.</param>
    /// <param name="pair">The second text; empty for none.</param>
    /// <param name="ids">Where the ids go. Its length limits the encoding too.</param>
    /// <param name="typeIds">Where the segments go. Its length limits the encoding too.</param>
    /// <param name="maxLength">The largest count of tokens, special ones included.</param>
    /// <param name="needed">The count without any limit; larger than the result when the text was truncated.</param>
    /// <returns>The count of tokens written.</returns>
    /// <exception cref="ArgumentException">There is not even room for the special tokens.</exception>
    public int Encode(ReadOnlySpan<char> text, ReadOnlySpan<char> pair, Span<int> ids, Span<byte> typeIds, int maxLength, out int needed)
    {
        int specials = pair.IsEmpty ? SpecialsOfSingle : SpecialsOfPair;
        int room = Math.Min(maxLength, Math.Min(ids.Length, typeIds.Length)) - specials;
        if (room < 0)
        {
            throw new ArgumentException($"{specials} special tokens need more room than {room + specials} tokens.", nameof(maxLength));
        }

        ScanBuffers buffers = ScanBuffers.Take();
        ids[0] = ClassifyId;
        var first = new SpanSink(ids.Slice(1, room));
        Tokenize(text, buffers, ref first);
        int firstCount = Math.Min(first.Count, room);
        needed = first.Count + specials;
        int written = firstCount + SpecialsOfSingle;
        if (!pair.IsEmpty)
        {
            int secondTotal = TokenizeSecond(pair, room, buffers);
            needed += secondTotal;
            (firstCount, int secondCount) = TruncationPlan.LongestFirst(first.Count, secondTotal, room);
            written = firstCount + secondCount + SpecialsOfPair;
            buffers.SecondIds.AsSpan(0, secondCount).CopyTo(ids[(firstCount + 2)..]);
            ids[written - 1] = SeparatorId;
            typeIds[(firstCount + 2)..written].Fill(1);
        }

        ids[firstCount + 1] = SeparatorId;
        typeIds[..(firstCount + 2)].Clear();
        ScanBuffers.Return(buffers);
        return written;
    }

    /// <summary>Joins pieces to text again, as the WordPiece decoder does; spaces are where the pieces say, not where the text had them.</summary>
    /// <param name="ids">Token ids; those outside the vocabulary are left out.</param>
    /// <param name="skipSpecialTokens">Whether special tokens are left out.</param>
    public string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens) => _decoder.Decode(ids, skipSpecialTokens);

    private static (int First, int Second) Plan(ListSink first, ListSink? second, EncodeOptions? options)
    {
        int secondTotal = second?.Ids.Count ?? -1;
        if (options?.MaxLength is not int maxLength)
        {
            return (first.Ids.Count, secondTotal);
        }

        int specials = second is null ? SpecialsOfSingle : SpecialsOfPair;
        if (maxLength < specials)
        {
            throw new ArgumentException($"{specials} special tokens need more room than {maxLength} tokens.", nameof(options));
        }

        return TruncationPlan.Plan(first.Ids.Count, secondTotal, maxLength - specials, options.Truncation);
    }

    private static void CopyText(ListSink tokens, TextRange part, int at, (int[] Ids, TextRange[] Offsets) target)
    {
        tokens.Ids.CopyTo(part.Start, target.Ids, at, part.End - part.Start);
        tokens.Ranges.CopyTo(part.Start, target.Offsets, at, part.End - part.Start);
    }

    private (ListSink First, ListSink? Second) Tokenize(string text, string? pair)
    {
        ArgumentNullException.ThrowIfNull(text);
        ScanBuffers buffers = ScanBuffers.Take();
        var first = new ListSink();
        Tokenize(text, buffers, ref first);
        ListSink? second = null;
        if (pair is not null)
        {
            var tokens = new ListSink();
            Tokenize(pair, buffers, ref tokens);
            second = tokens;
        }

        ScanBuffers.Return(buffers);
        return (first, second);
    }

    private void Tokenize<TSink>(ReadOnlySpan<char> text, ScanBuffers buffers, ref TSink sink)
        where TSink : struct, ITokenSink, allows ref struct
    {
        int from = 0;
        while (_rawTokens.TryFind(text, from, out int id, out TextRange range))
        {
            // What lies between added tokens is normalized on its own.
            TokenizeStretch(text[..range.Start], from, buffers, ref sink);
            sink.Add(id, range.Start, range.End);
            from = range.End;
        }

        TokenizeStretch(text, from, buffers, ref sink);
    }

    private void TokenizeStretch<TSink>(ReadOnlySpan<char> text, int from, ScanBuffers buffers, ref TSink sink)
        where TSink : struct, ITokenSink, allows ref struct
    {
        if (_normalizedTokens is null)
        {
            _scanner.Scan(text, from, buffers, ref sink);
        }
        else
        {
            _normalizedTokens.Scan(text, from, _scanner, buffers, ref sink);
        }
    }

    private int TokenizeSecond(ReadOnlySpan<char> pair, int room, ScanBuffers buffers)
    {
        // A text never has more tokens than characters times the longest decomposition; most have far fewer.
        int enough = (int)Math.Min(room, (long)UnicodeData.MaxDecomposition * pair.Length);
        if (buffers.SecondIds.Length < enough)
        {
            buffers.SecondIds = new int[enough];
        }

        var second = new SpanSink(buffers.SecondIds);
        Tokenize(pair, buffers, ref second);
        return second.Count;
    }

    private EncodedText Assemble(ListSink first, TextRange firstPart, ListSink? second, TextRange secondPart)
    {
        int firstCount = firstPart.End - firstPart.Start;
        int length = firstCount + SpecialsOfSingle + (second is null ? 0 : secondPart.End - secondPart.Start + 1);
        int[] ids = new int[length];
        byte[] typeIds = new byte[length];
        var offsets = new TextRange[length];
        sbyte[] sequenceIds = new sbyte[length];
        ids[0] = ClassifyId;
        ids[firstCount + 1] = SeparatorId;
        sequenceIds[0] = sequenceIds[firstCount + 1] = -1;
        CopyText(first, firstPart, 1, (ids, offsets));
        if (second is ListSink tokens)
        {
            CopyText(tokens, secondPart, firstCount + 2, (ids, offsets));
            ids[^1] = SeparatorId;
            typeIds.AsSpan(firstCount + 2).Fill(1);
            sequenceIds.AsSpan(firstCount + 2).Fill(1);
            sequenceIds[^1] = -1;
        }

        return new EncodedText(Vocabulary, ids, typeIds, offsets, sequenceIds);
    }
}
