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
    public IReadOnlyList<IReadOnlyList<TokenTag>> TagTokens(
        IReadOnlyList<TextInput> texts, CallOptions? options = null, CancellationToken cancellation = default)
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
    public IReadOnlyList<IReadOnlyList<WordTag>> TagWords(
        IReadOnlyList<TextInput> texts, CallOptions? options = null, CancellationToken cancellation = default) =>
        [.. TagTokens(texts, options, cancellation).Select((tags, i) => WordGrouping.Group(tags, texts[i].Text, Tokenizer.Options.ContinuingPrefix))];

    /// <summary>Finds the entities of a text of any length.</summary>
    /// <param name="text">The text.</param>
    /// <param name="aggregation">How the tags of its tokens become entities.</param>
    /// <param name="options">Threads, and the length of the windows over the text; null for defaults.</param>
    /// <returns>The entities, in text order.</returns>
    /// <exception cref="InvalidOperationException">The head is not <see cref="BertHead.TokenClassification"/>.</exception>
    public IReadOnlyList<Entity> FindEntities(
        string text, EntityAggregation aggregation = EntityAggregation.Simple, CallOptions? options = null) => FindEntities([text], aggregation, options)[0];

    /// <summary>Finds the entities of texts of any length. Long ones are read in windows that share a quarter of their tokens.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="aggregation">How the tags of their tokens become entities.</param>
    /// <param name="options">Threads, and the length of the windows over the texts; null for defaults.</param>
    /// <param name="cancellation">Ends the call before its next pass.</param>
    /// <returns>For each text, in order, its entities, in text order.</returns>
    /// <exception cref="InvalidOperationException">The head is not <see cref="BertHead.TokenClassification"/>.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    public IReadOnlyList<IReadOnlyList<Entity>> FindEntities(
        IReadOnlyList<string> texts,
        EntityAggregation aggregation = EntityAggregation.Simple,
        CallOptions? options = null,
        CancellationToken cancellation = default)
    {
        RequireHead(BertHead.TokenClassification, nameof(FindEntities));
        ArgumentNullException.ThrowIfNull(texts);
        int length = LengthLimit(options) ?? MaxSequenceLength;
        TokenWindows[] windows = [.. texts.Select(text => TokenWindows.Encode(Tokenizer, text, length))];
        var encoded = new EncodedTexts([.. windows.SelectMany(text => text.Items)]);
        float[] logits = Outputs(encoded, isPerToken: true, options, cancellation);
        var entities = new IReadOnlyList<Entity>[texts.Count];
        int first = 0;
        for (int i = 0; i < entities.Length; i++)
        {
            int end = first + windows[i].Items.Sum(item => item.Length);
            TokenScores[] tokens = Scores(windows[i], logits.AsSpan(first * Spec.OutputCount, (end - first) * Spec.OutputCount));
            entities[i] = EntityGrouping.Group(tokens, texts[i], Labels, aggregation);
            first = end;
        }

        return entities;
    }

    private TokenScores[] Scores(TokenWindows text, ReadOnlySpan<float> logits)
    {
        var tokens = new TokenScores[text.Best.Count];
        string prefix = Tokenizer.Options.ContinuingPrefix;
        for (int i = 0; i < tokens.Length; i++)
        {
            (int window, int place) = text.Find(i);
            EncodedText item = text.Items[window];
            TextRange range = item.Offsets[place];
            float[] own = LabelChoice.Probabilities(logits.Slice((text.Windows[window].FirstToken + place) * Spec.OutputCount, Spec.OutputCount));
            tokens[i] = new TokenScores(range.Start, range.End, WordGrouping.Continues(item.Tokens[place], prefix), own);
        }

        return tokens;
    }

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
