namespace QuantGen.Tokenization;

/// <summary>The tokens of a text or a pair of texts, with the special tokens around them.</summary>
public sealed class EncodedText
{
    private readonly Vocabulary _vocabulary;
    private readonly int[] _ids;
    private readonly byte[] _typeIds;
    private readonly TextRange[] _offsets;
    private readonly sbyte[] _sequenceIds;
    private string[]? _tokens;

    internal EncodedText(Vocabulary vocabulary, int[] ids, byte[] typeIds, TextRange[] offsets, sbyte[] sequenceIds)
    {
        _vocabulary = vocabulary;
        _ids = ids;
        _typeIds = typeIds;
        _offsets = offsets;
        _sequenceIds = sequenceIds;
    }

    /// <summary>Gets the count of tokens.</summary>
    public int Length => _ids.Length;

    /// <summary>Gets the id of each token.</summary>
    public ReadOnlySpan<int> Ids => _ids;

    /// <summary>Gets the segment of each token: 0 for the first text with its special tokens, 1 for the second.</summary>
    public ReadOnlySpan<byte> TypeIds => _typeIds;

    /// <summary>Gets the part of its text each token stands for, in UTF-16 positions; (0, 0) for the special tokens added around the texts.</summary>
    public ReadOnlySpan<TextRange> Offsets => _offsets;

    /// <summary>Gets which text each token came from: 0, 1, or -1 for the special tokens added around the texts.</summary>
    public ReadOnlySpan<sbyte> SequenceIds => _sequenceIds;

    /// <summary>Gets the piece of each token; made when first asked for.</summary>
    public IReadOnlyList<string> Tokens => _tokens ??= Array.ConvertAll(_ids, _vocabulary.GetPiece);

    /// <summary>Returns <see cref="Offsets"/> in Unicode code points, which is what Python's tools report.</summary>
    /// <param name="text">The first text that was encoded.</param>
    /// <param name="pair">The second text that was encoded, if there was one.</param>
    /// <exception cref="ArgumentException">An offset is outside the text given.</exception>
    public TextRange[] CodePointOffsets(string text, string? pair = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        int[] first = CountCodePoints(text);
        int[] second = CountCodePoints(pair ?? string.Empty);
        var converted = new TextRange[_offsets.Length];
        for (int i = 0; i < converted.Length; i++)
        {
            int[] counts = _sequenceIds[i] == 1 ? second : first;
            TextRange range = _offsets[i];
            if (range.End >= counts.Length)
            {
                throw new ArgumentException(
                    $"Token {i} ends at {range.End}, but its text has {counts.Length - 1} characters; it is not the text that was encoded.",
                    _sequenceIds[i] == 1 ? nameof(pair) : nameof(text));
            }

            converted[i] = new TextRange(counts[range.Start], counts[range.End]);
        }

        return converted;
    }

    /// <summary>Counts, for each position of a text, the code points before it; a lone surrogate is one.</summary>
    private static int[] CountCodePoints(string text)
    {
        int[] counts = new int[text.Length + 1];
        for (int i = 0; i < text.Length; i++)
        {
            bool endsPair = i > 0 && char.IsSurrogatePair(text[i - 1], text[i]);
            counts[i + 1] = counts[i] + (endsPair ? 0 : 1);
        }

        return counts;
    }
}
