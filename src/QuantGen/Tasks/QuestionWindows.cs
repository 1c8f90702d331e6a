using QuantGen.Tokenization;

namespace QuantGen.Tasks;

/// <summary>A question and a context, encoded into as many windows as the context needs.</summary>
internal sealed class QuestionWindows
{
    // [CLS] question [SEP] context [SEP]
    private const int SpecialTokens = 3;

    private QuestionWindows(IReadOnlyList<EncodedText> encodings, int advance)
    {
        Items = encodings;
        var windows = new List<SpanWindow>();
        var offsets = new List<TextRange>();
        int firstToken = 0;
        foreach (EncodedText encoding in encodings)
        {
            int contextOffset = encoding.TypeIds.IndexOf((byte)1);
            int contextStart = windows.Count * advance;
            var window = new SpanWindow(firstToken, contextOffset, contextStart, encoding.Length - 1 - contextOffset);
            windows.Add(window);

            // Tokens that the window before had too are in the list already.
            foreach (TextRange offset in encoding.Offsets.Slice(contextOffset, window.ContextCount)[(offsets.Count - contextStart)..])
            {
                offsets.Add(offset);
            }

            firstToken += encoding.Length;
        }

        Windows = windows;
        Offsets = offsets;
    }

    /// <summary>Gets what the model is to compute, window by window.</summary>
    public IReadOnlyList<EncodedText> Items { get; }

    /// <summary>Gets where the context's tokens stand in each window.</summary>
    public IReadOnlyList<SpanWindow> Windows { get; }

    /// <summary>Gets the part of the context each of its tokens stands for.</summary>
    public IReadOnlyList<TextRange> Offsets { get; }

    /// <summary>Encodes.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="question">The question.</param>
    /// <param name="context">The context.</param>
    /// <param name="maxLength">Tokens of a window, special ones included.</param>
    /// <param name="options">Limits.</param>
    /// <exception cref="ArgumentException">The question leaves no room for the context.</exception>
    public static QuestionWindows Encode(BertTokenizer tokenizer, string question, string context, int maxLength, AnswerOptions options)
    {
        question = Cut(tokenizer, question, options.MaxQuestionTokens, out int questionTokens);
        int room = maxLength - questionTokens - SpecialTokens;
        if (room < 1)
        {
            throw new ArgumentException(
                FormattableString.Invariant($"a question of {questionTokens} tokens leaves no room for the context in windows of {maxLength} tokens"),
                nameof(question));
        }

        int advance = Math.Min(options.Advance, (room + 1) / 2);
        var limits = new EncodeOptions { MaxLength = maxLength, Truncation = Truncation.OnlySecond, Overlap = room - advance };
        return new QuestionWindows(tokenizer.EncodeWindows(question, context, limits), advance);
    }

    private static string Cut(BertTokenizer tokenizer, string question, int maxTokens, out int count)
    {
        EncodedText encoding = tokenizer.Encode(question);
        count = encoding.Length - 2;
        if (count <= maxTokens)
        {
            return question;
        }

        string cut = question[..encoding.Offsets[maxTokens].End];
        count = tokenizer.Encode(cut).Length - 2;
        return cut;
    }
}
