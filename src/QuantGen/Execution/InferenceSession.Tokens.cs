using QuantGen.Tasks;
using QuantGen.Tokenization;

namespace QuantGen.Execution;

/// <content>Labels of tokens and words.</content>
public sealed partial class InferenceSession
{
    /// <summary>Tags the tokens of a text, the special ones excepted.</summary>
    /// <param name="text">The text.</param>
    /// <param name="options">Threads and truncation; null for defaults.</param>
    /// <returns>A tag for each token, in text order.</returns>
    /// <exception cref="SequenceTooLongException">The text is too long and truncation was not asked for.</exception>
    /// <exception cref="InvalidOperationException">The head is not <see cref="BertHead.TokenClassification"/>.</exception>
    public IReadOnlyList<TokenTag> TagTokens(string text, CallOptions? options = null) => TagTokens([new TextInput(text)], options)[0];

    /// <summary>Tags the tokens of texts, the special ones excepted.</summary>
    /// <param name="texts">The texts; the model reads the second text of a pair, too, and its tokens get no tags.</param>
    /// <param name="options">Threads and truncation; null for defaults.</param>
    /// <param name="cancellation">Ends the call before its next pass.</param>
    /// <returns>For each text, in order, a tag for each token, in text order.</returns>
    /// <exception cref="SequenceTooLongException">A text is too long and truncation was not asked for.</exception>
    /// <exception cref="InvalidOperationException">The head is not <see cref="BertHead.TokenClassification"/>.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    public IReadOnlyList<IReadOnlyList<TokenTag>> TagTokens(IReadOnlyList<TextInput> texts, CallOptions? options = null,
        CancellationToken cancellation = default)
    {
        RequireHead(BertHead.TokenClassification, nameof(TagTokens));
        EncodedTexts encoded = Encode(texts, options, cancellation);
        float[] logits = Outputs(encoded, isPerToken: true, options, cancellation);
        var tags = new IReadOnlyList<TokenTag>[texts.Count];
        int token = 0;
        for (int i = 0; i < tags.Length; i++)
        {
            int length = encoded.Lengths[i];
            tags[i] = Tags(encoded.Items[i], logits.AsSpan(token * Spec.OutputCount, length * Spec.OutputCount));
            token += length;
        }

        return tags;
    }

    /// <summary>Tags the words of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="options">Threads and truncation; null for defaults.</param>
    /// <returns>A tag for each word, in text order.</returns>
    /// <exception cref="SequenceTooLongException">The text is too long and truncation was not asked for.</exception>
    /// <exception cref="InvalidOperationException">The head is not <see cref="BertHead.TokenClassification"/>.</exception>
    public IReadOnlyList<WordTag> TagWords(string text, CallOptions? options = null) => TagWords([new TextInput(text)], options)[0];

    /// <summary>Tags the words of texts.</summary>
    /// <param name="texts">The texts; the model reads the second text of a pair, too, and its words get no tags.</param>
    /// <param name="options">Threads and truncation; null for defaults.</param>
    /// <param name="cancellation">Ends the call before its next pass.</param>
    /// <returns>For each text, in order, a tag for each word, in text order.</returns>
    /// <exception cref="SequenceTooLongException">A text is too long and truncation was not asked for.</exception>
    /// <exception cref="InvalidOperationException">The head is not <see cref="BertHead.TokenClassification"/>.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    public IReadOnlyList<IReadOnlyList<WordTag>> TagWords(IReadOnlyList<TextInput> texts, CallOptions? options = null,
        CancellationToken cancellation = default) =>
        [.. TagTokens(texts, options, cancellation).Select((tags, i) => WordGrouping.Group(tags, texts[i].Text, Tokenizer.Options.ContinuingPrefix))];

    private List<TokenTag> Tags(EncodedText encoding, ReadOnlySpan<float> logits)
    {
        var tags = new List<TokenTag>();
        float[] probabilities = new float[Spec.OutputCount];
        for (int i = 0; i < encoding.Length; i++)
        {
            if (encoding.SequenceIds[i] == 0)
            {
                LabelChoice choice = LabelChoice.Of(logits.Slice(i * Spec.OutputCount, Spec.OutputCount), probabilities);
                TextRange range = encoding.Offsets[i];
                tags.Add(new TokenTag(encoding.Tokens[i], range.Start, range.End, Labels[choice.Index], choice.Index, choice.Probability));
            }
        }

        return tags;
    }
}
