using QuantGen.Tasks;
using QuantGen.Tokenization;

namespace QuantGen.Sentences;

/// <summary>A sentence encoder's head together with what stands before every text.</summary>
/// <param name="Head">What makes hidden states a vector.</param>
/// <param name="Prompt">What stands before every text; empty for nothing.</param>
/// <param name="SkippedTokens">Tokens at the beginning that are not pooled.</param>
public sealed record SentenceTask(SentenceHead Head, string Prompt, int SkippedTokens)
{
    /// <summary>Joins a head and what a caller asks for.</summary>
    /// <param name="head">The head.</param>
    /// <param name="tokenizer">The encoder's tokenizer.</param>
    /// <param name="options">The caller's wishes; null for none.</param>
    /// <exception cref="ArgumentException">The pooling has no mode, or does not fit the dense layers.</exception>
    public static SentenceTask Of(SentenceHead head, BertTokenizer tokenizer, EmbedOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(head);
        ArgumentNullException.ThrowIfNull(tokenizer);
        SentenceEncoding encoding = head.Encoding;
        string prompt = encoding.PromptText(options?.Prompt);

        // The separator at the end is the text's.
        int skipped = encoding.IncludesPrompt || prompt.Length == 0 ? 0 : tokenizer.Encode(encoding.Prepare(prompt, string.Empty)).Length - 1;
        return new SentenceTask(head.With(options), prompt, skipped);
    }

    /// <summary>Makes the text that the tokenizer sees.</summary>
    /// <param name="text">The text.</param>
    public string Prepare(string text) => Head.Encoding.Prepare(Prompt, text);

    /// <summary>Computes a vector.</summary>
    /// <param name="hidden">The states of all tokens of the text, <c>[tokens, hidden size]</c>.</param>
    public float[] Vector(ReadOnlySpan<float> hidden) => Head.Vector(hidden, SkippedTokens);

    /// <summary>Computes a vector where the caller has room for it.</summary>
    /// <param name="hidden">The states of all tokens of the text, <c>[tokens, hidden size]</c>.</param>
    /// <param name="vector">Receives it.</param>
    /// <exception cref="ArgumentException"><paramref name="vector"/> has another length.</exception>
    public void Vector(ReadOnlySpan<float> hidden, Span<float> vector) => Head.Vector(hidden, SkippedTokens, vector);
}
