using System.Text;

namespace QuantGen.Tokenization;

/// <summary>Counts the words of texts as a BERT tokenizer sees them: normalized, and split at white space, punctuation and Chinese characters.</summary>
public sealed class WordCounter
{
    private readonly BertTokenizer _splitter;
    private readonly NormalizationRules _rules;
    private readonly RunNormalizer _normalizer = new();
    private readonly List<string> _words = [];
    private readonly List<long> _counts = [];
    private readonly Dictionary<string, int> _byWord = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _bySource = new(StringComparer.Ordinal);

    /// <summary>Creates an empty counter.</summary>
    /// <param name="options">How text is treated; tokens that are found literally in text are words like any other.</param>
    public WordCounter(TokenizerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _rules = NormalizationRules.Of(options);

        // A tokenizer that knows no piece: every word is one unknown token, whose place in the text is all that is wanted.
        string pieces = $"{options.UnknownToken}\n{options.ClassifyToken}\n{options.SeparatorToken}\n";
        TokenizerOptions blind = options with { FindSpecialTokens = false, AddedTokens = [], MaxInputCharsPerWord = 1 };
        _splitter = BertTokenizer.FromVocabulary(System.Text.Encoding.UTF8.GetBytes(pieces), blind, "the special tokens");
    }

    /// <summary>Gets the distinct words in the order of their first occurrence.</summary>
    public IReadOnlyList<string> Words => _words;

    /// <summary>Gets how often each word occurs.</summary>
    public IReadOnlyList<long> Counts => _counts;

    /// <summary>Counts the words of a text.</summary>
    /// <param name="text">Any text.</param>
    public void Add(string text)
    {
        ReadOnlySpan<TextRange> ranges = _splitter.Encode(text).Offsets;
        Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> sources = _bySource.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (TextRange range in ranges[1..^1])
        {
            ReadOnlySpan<char> source = text.AsSpan(range.Start, range.End - range.Start);
            if (!sources.TryGetValue(source, out int word))
            {
                word = IndexOf(Normalize(source));
                sources[source] = word;
            }

            _counts[word]++;
        }
    }

    private string Normalize(ReadOnlySpan<char> source)
    {
        _normalizer.Normalize(source, 0, _rules);
        var word = new StringBuilder();
        foreach (NormalizedCharacter character in _normalizer.Result)
        {
            // Chinese characters come with spaces around them.
            if (!UnicodeData.IsWhiteSpace(character.CodePoint))
            {
                word.Append(new Rune(character.CodePoint).ToString());
            }
        }

        return word.ToString();
    }

    private int IndexOf(string word)
    {
        if (!_byWord.TryGetValue(word, out int index))
        {
            index = _words.Count;
            _byWord.Add(word, index);
            _words.Add(word);
            _counts.Add(0);
        }

        return index;
    }
}
