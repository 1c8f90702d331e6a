using QuantGen.Tasks;
using QuantGen.Tokenization;

namespace QuantGen.Execution;

/// <content>What a user asks of a model, in texts.</content>
public sealed partial class InferenceSession
{
    private static readonly EmbedOptions s_embedDefaults = new();
    private static readonly AnswerOptions s_answerDefaults = new();

    /// <summary>Classifies a text or a pair of texts.</summary>
    /// <param name="text">The text.</param>
    /// <param name="pair">The second text; null for none.</param>
    /// <param name="options">Threads, truncation and cancellation; null for defaults.</param>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    /// <exception cref="SequenceTooLongException">The text is too long and truncation was not asked for.</exception>
    /// <exception cref="InvalidOperationException">The head is not <see cref="BertHead.SequenceClassification"/>.</exception>
    public Prediction Classify(string text, string? pair = null, CallOptions? options = null) => Classify([new TextInput(text, pair)], options)[0];

    /// <summary>Classifies texts.</summary>
    /// <param name="texts">The texts or pairs.</param>
    /// <param name="options">Threads, truncation and cancellation; null for defaults.</param>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    /// <returns>A prediction for each, in order.</returns>
    /// <exception cref="SequenceTooLongException">A text is too long and truncation was not asked for.</exception>
    /// <exception cref="InvalidOperationException">The head is not <see cref="BertHead.SequenceClassification"/>.</exception>
    public IReadOnlyList<Prediction> Classify(IReadOnlyList<TextInput> texts, CallOptions? options = null)
    {
        RequireHead(BertHead.SequenceClassification, nameof(Classify));
        float[] logits = Outputs(Encode(texts, options), isPerToken: false, options);
        var predictions = new Prediction[texts.Count];
        for (int i = 0; i < predictions.Length; i++)
        {
            float[] own = logits.AsSpan(i * Spec.OutputCount, Spec.OutputCount).ToArray();
            LabelChoice choice = LabelChoice.Of(own);
            predictions[i] = new Prediction(Labels[choice.Index], choice.Index, choice.Probability, own);
        }

        return predictions;
    }

    /// <summary>Computes the real output for a text or a pair of texts, as it is, without rounding or clipping.</summary>
    /// <param name="text">The text.</param>
    /// <param name="pair">The second text; null for none.</param>
    /// <param name="options">Threads, truncation and cancellation; null for defaults.</param>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    /// <exception cref="SequenceTooLongException">The text is too long and truncation was not asked for.</exception>
    /// <exception cref="InvalidOperationException">The head is not <see cref="BertHead.Regression"/>.</exception>
    public float Regress(string text, string? pair = null, CallOptions? options = null) => Regress([new TextInput(text, pair)], options)[0];

    /// <summary>Computes the real outputs for texts.</summary>
    /// <param name="texts">The texts or pairs.</param>
    /// <param name="options">Threads, truncation and cancellation; null for defaults.</param>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    /// <returns>An output for each, in order.</returns>
    /// <exception cref="SequenceTooLongException">A text is too long and truncation was not asked for.</exception>
    /// <exception cref="InvalidOperationException">The head is not <see cref="BertHead.Regression"/>.</exception>
    public float[] Regress(IReadOnlyList<TextInput> texts, CallOptions? options = null)
    {
        RequireHead(BertHead.Regression, nameof(Regress));
        return Outputs(Encode(texts, options), isPerToken: false, options);
    }

    /// <summary>Turns a text into a vector.</summary>
    /// <param name="text">The text.</param>
    /// <param name="embed">Pooling; null for defaults.</param>
    /// <param name="options">Threads, truncation and cancellation; null for defaults.</param>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    /// <returns>As many elements as the hidden states are wide.</returns>
    /// <exception cref="SequenceTooLongException">The text is too long and truncation was not asked for.</exception>
    /// <exception cref="InvalidOperationException">The head is neither <see cref="BertHead.Embedding"/> nor <see cref="BertHead.Encoder"/>.</exception>
    public float[] Embed(string text, EmbedOptions? embed = null, CallOptions? options = null) => Embed([new TextInput(text)], embed, options)[0];

    /// <summary>Turns texts into vectors.</summary>
    /// <param name="texts">The texts or pairs.</param>
    /// <param name="embed">Pooling; null for defaults.</param>
    /// <param name="options">Threads, truncation and cancellation; null for defaults.</param>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    /// <returns>A vector for each, in order.</returns>
    /// <exception cref="SequenceTooLongException">A text is too long and truncation was not asked for.</exception>
    /// <exception cref="InvalidOperationException">The head is neither <see cref="BertHead.Embedding"/> nor <see cref="BertHead.Encoder"/>.</exception>
    public float[][] Embed(IReadOnlyList<TextInput> texts, EmbedOptions? embed = null, CallOptions? options = null)
    {
        RequireHead(Spec.Head is BertHead.Embedding or BertHead.Encoder, nameof(Embed), "the head Embedding or Encoder");
        EncodedTexts encoded = Encode(texts, options);
        var batch = new RaggedBatch(encoded.Ids, encoded.Types, encoded.Lengths);
        batch.Check(Spec.Dimensions, MaxSequenceLength);
        int width = Spec.Dimensions.HiddenSize;
        float[][] vectors = new float[texts.Count][];

        // The states of all texts could take gigabytes, so they are pooled pass by pass.
        float[] hidden = new float[Math.Min(encoded.TokenCount, _program.MaxBatchTokens) * width];
        int token = 0;
        for (int first = 0; first < vectors.Length;)
        {
            RaggedBatch part = batch.Take(first, token, _program.MaxBatchTokens);
            RunHidden(part.Ids, part.Types, part.Lengths, hidden.AsSpan(0, part.Ids.Length * width), options);
            int start = 0;
            foreach (int length in part.Lengths)
            {
                vectors[first] = new float[width];
                Pooler.Pool(hidden.AsSpan(start * width, length * width), embed ?? s_embedDefaults, vectors[first++]);
                start += length;
            }

            token += start;
        }

        return vectors;
    }

    /// <summary>Tags the tokens of a text, the special ones excepted.</summary>
    /// <param name="text">The text.</param>
    /// <param name="options">Threads, truncation and cancellation; null for defaults.</param>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    /// <returns>A tag for each token, in text order.</returns>
    /// <exception cref="SequenceTooLongException">The text is too long and truncation was not asked for.</exception>
    /// <exception cref="InvalidOperationException">The head is not <see cref="BertHead.TokenClassification"/>.</exception>
    public IReadOnlyList<TokenTag> TagTokens(string text, CallOptions? options = null)
    {
        RequireHead(BertHead.TokenClassification, nameof(TagTokens));
        EncodedTexts encoded = Encode([new TextInput(text)], options);
        float[] logits = Outputs(encoded, isPerToken: true, options);
        EncodedText encoding = encoded.Items[0];
        var tags = new List<TokenTag>();
        for (int i = 0; i < encoding.Length; i++)
        {
            if (encoding.SequenceIds[i] == 0)
            {
                LabelChoice choice = LabelChoice.Of(logits.AsSpan(i * Spec.OutputCount, Spec.OutputCount));
                TextRange range = encoding.Offsets[i];
                tags.Add(new TokenTag(encoding.Tokens[i], range.Start, range.End, Labels[choice.Index], choice.Index, choice.Probability));
            }
        }

        return tags;
    }

    /// <summary>Tags the words of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="options">Threads, truncation and cancellation; null for defaults.</param>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    /// <returns>A tag for each word, in text order.</returns>
    /// <exception cref="SequenceTooLongException">The text is too long and truncation was not asked for.</exception>
    /// <exception cref="InvalidOperationException">The head is not <see cref="BertHead.TokenClassification"/>.</exception>
    public IReadOnlyList<WordTag> TagWords(string text, CallOptions? options = null) =>
        WordGrouping.Group(TagTokens(text, options), text, Tokenizer.Options.ContinuingPrefix);

    /// <summary>Answers a question with a part of a context of any length.</summary>
    /// <param name="question">The question.</param>
    /// <param name="context">The context.</param>
    /// <param name="answer">How to search; null for defaults.</param>
    /// <param name="options">Threads, cancellation, and the length of the windows over the context; null for defaults.</param>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    /// <exception cref="ArgumentException">The question leaves no room for the context.</exception>
    /// <exception cref="InvalidOperationException">The head is not <see cref="BertHead.QuestionAnswering"/>.</exception>
    public Answer Answer(string question, string context, AnswerOptions? answer = null, CallOptions? options = null) =>
        Answers(question, context, answer, options)[0];

    /// <summary>Lists the best answers to a question.</summary>
    /// <param name="question">The question.</param>
    /// <param name="context">The context.</param>
    /// <param name="answer">How to search; null for defaults.</param>
    /// <param name="options">Threads, cancellation, and the length of the windows over the context; null for defaults.</param>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    /// <returns>At least one answer; the first is the one <see cref="Answer"/> gives.</returns>
    /// <exception cref="ArgumentException">The question leaves no room for the context.</exception>
    /// <exception cref="InvalidOperationException">The head is not <see cref="BertHead.QuestionAnswering"/>.</exception>
    public IReadOnlyList<Answer> Answers(string question, string context, AnswerOptions? answer = null, CallOptions? options = null)
    {
        RequireHead(BertHead.QuestionAnswering, nameof(Answer));
        ArgumentNullException.ThrowIfNull(question);
        ArgumentNullException.ThrowIfNull(context);
        answer ??= s_answerDefaults;
        RequireLegal(answer);
        QuestionWindows windows = QuestionWindows.Encode(Tokenizer, question, context, LengthLimit(options) ?? MaxSequenceLength, answer);
        return AnswerList.Find(Outputs(windows.Texts, isPerToken: true, options), windows, context, answer);
    }

    /// <summary>Finds the likeliest words for every <c>[MASK]</c> of a text.</summary>
    /// <param name="text">The text, with the tokenizer's mask token in one place or more.</param>
    /// <param name="top">How many words, at least 1.</param>
    /// <param name="options">Threads, truncation and cancellation; null for defaults.</param>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    /// <returns>For each masked place, in text order, its words, the likeliest first.</returns>
    /// <exception cref="ArgumentException">The text has no mask token.</exception>
    /// <exception cref="SequenceTooLongException">The text is too long and truncation was not asked for.</exception>
    /// <exception cref="InvalidOperationException">The head is not <see cref="BertHead.MaskedLanguageModel"/>.</exception>
    public IReadOnlyList<IReadOnlyList<MaskedWord>> FillMask(string text, int top = 5, CallOptions? options = null)
    {
        RequireHead(BertHead.MaskedLanguageModel, nameof(FillMask));
        ArgumentOutOfRangeException.ThrowIfLessThan(top, 1);
        EncodedTexts encoded = Encode([new TextInput(text)], options);
        int[] tokens = [.. Enumerable.Range(0, encoded.Ids.Length).Where(i => encoded.Ids[i] == Tokenizer.MaskId)];
        if (tokens.Length == 0)
        {
            throw new ArgumentException($"the text has no {Tokenizer.Options.MaskToken}", nameof(text));
        }

        float[] outputs = new float[checked(tokens.Length * Spec.OutputCount)];
        RunMasked(encoded.Ids, encoded.Types, encoded.Lengths, tokens, outputs, options);
        return [.. tokens.Select((_, row) => MaskedWord.Likeliest(outputs.AsSpan(row * Spec.OutputCount, Spec.OutputCount), top, Tokenizer))];
    }

    private static void RequireLegal(AnswerOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxAnswerTokens, 1, nameof(AnswerOptions.MaxAnswerTokens));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Advance, 1, nameof(AnswerOptions.Advance));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BestCount, 1, nameof(AnswerOptions.BestCount));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxQuestionTokens, 0, nameof(AnswerOptions.MaxQuestionTokens));
    }

    private EncodedTexts Encode(IReadOnlyList<TextInput> texts, CallOptions? options)
    {
        ArgumentNullException.ThrowIfNull(texts);
        EncodeOptions? limits = LengthLimit(options) is int most ? new EncodeOptions { MaxLength = most, Truncation = Truncation.LongestFirst } : null;
        var encodings = new Encoding[texts.Count];
        for (int i = 0; i < encodings.Length; i++)
        {
            options?.CancellationToken.ThrowIfCancellationRequested();
            encodings[i] = Tokenizer.Encode(texts[i].Text, texts[i].Pair, limits);
        }

        return new EncodedTexts(encodings);
    }

    private int? LengthLimit(CallOptions? options)
    {
        if (options?.MaxLength is not int most)
        {
            return null;
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1, nameof(CallOptions.MaxLength));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(most, MaxSequenceLength, nameof(CallOptions.MaxLength));
        return most;
    }

    private float[] Outputs(EncodedTexts texts, bool isPerToken, CallOptions? options)
    {
        float[] outputs = new float[checked((isPerToken ? texts.TokenCount : texts.Lengths.Length) * Spec.OutputCount)];
        Run(texts.Ids, texts.Types, texts.Lengths, outputs, options);
        return outputs;
    }

    private void RequireHead(BertHead head, string method) => RequireHead(Spec.Head == head, method, $"the head {head}");
}
