using QuantGen.Tokenization;

namespace QuantGen.Tasks;

/// <summary>A text of any length, encoded into overlapping windows.</summary>
internal sealed class TokenWindows
{
    // [CLS] text [SEP]
    private const int SpecialTokens = 2;

    private TokenWindows(IReadOnlyList<EncodedText> items, IReadOnlyList<SpanWindow> windows, int count)
    {
        Items = items;
        Windows = windows;
        Best = SpanWindow.MaxContext(windows, count);
    }

    /// <summary>Gets what the model is to compute, window by window.</summary>
    public IReadOnlyList<EncodedText> Items { get; }

    /// <summary>Gets where the text's tokens stand in each window.</summary>
    public IReadOnlyList<SpanWindow> Windows { get; }

    /// <summary>Gets, for each token of the text, the window in which it has the most context on its poorer side.</summary>
    public IReadOnlyList<int> Best { get; }

    /// <summary>Encodes. Windows share a quarter of their tokens.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="text">The text.</param>
    /// <param name="maxLength">Tokens of a window, special ones included.</param>
    /// <exception cref="ArgumentException">A window has no room for a token.</exception>
    public static TokenWindows Encode(BertTokenizer tokenizer, string text, int maxLength)
    {
        int room = maxLength - SpecialTokens;
        ArgumentOutOfRangeException.ThrowIfLessThan(room, 1, nameof(maxLength));
        int overlap = room / 4;
        var limits = new EncodeOptions { MaxLength = maxLength, Truncation = Truncation.OnlyFirst, Overlap = overlap };
        IReadOnlyList<EncodedText> items = tokenizer.EncodeWindows(text, null, limits);
        var windows = new List<SpanWindow>();
        int token = 0;
        int start = 0;
        foreach (EncodedText item in items)
        {
            windows.Add(new SpanWindow(token, 1, start, item.Length - SpecialTokens));
            token += item.Length;
            start += room - overlap;
        }

        return new TokenWindows(items, windows, windows[^1].ContextEnd);
    }

    /// <summary>Encodes a text, or a pair whose second text is cut, into windows that share a quarter of its tokens.</summary>
    /// <exception cref="ArgumentException">The first text of a pair leaves no room for the second.</exception>
    public static IReadOnlyList<EncodedText> Of(BertTokenizer tokenizer, TextInput text, int maxLength)
    {
        if (text.Pair is not string pair)
        {
            return Encode(tokenizer, text.Text, maxLength).Items;
        }

        // [CLS] text [SEP] pair [SEP]
        int room = maxLength - tokenizer.Encode(text.Text).Length - 1;
        var limits = new EncodeOptions { MaxLength = maxLength, Truncation = Truncation.OnlySecond, Overlap = Math.Max(0, room / 4) };
        return tokenizer.EncodeWindows(text.Text, pair, limits);
    }

    /// <summary>Finds a token of the text in the window that is best for it.</summary>
    /// <param name="token">The token among those of the text.</param>
    /// <returns>The window, and the token's place in it, special ones counted.</returns>
    public (int Window, int Place) Find(int token) => (Best[token], 1 + token - Windows[Best[token]].ContextStart);
}
