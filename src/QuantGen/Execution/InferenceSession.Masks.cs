using QuantGen.Tasks;

namespace QuantGen.Execution;

/// <content>Words for masked places.</content>
public sealed partial class InferenceSession
{
    /// <summary>Finds the likeliest words for every <c>[MASK]</c> of a text.</summary>
    /// <param name="text">The text, with the tokenizer's mask token in one place or more.</param>
    /// <param name="top">How many words, at least 1.</param>
    /// <param name="options">Threads and truncation; null for defaults.</param>
    /// <returns>For each masked place, in text order, its words, the likeliest first.</returns>
    /// <exception cref="ArgumentException">The text has no mask token.</exception>
    /// <exception cref="SequenceTooLongException">The text is too long and truncation was not asked for.</exception>
    /// <exception cref="InvalidOperationException">The head is not <see cref="BertHead.MaskedLanguageModel"/>.</exception>
    public IReadOnlyList<IReadOnlyList<MaskedWord>> FillMask(string text, int top = 5, CallOptions? options = null) =>
        FillMask([new TextInput(text)], top, options)[0];

    /// <summary>Finds the likeliest words for every <c>[MASK]</c> of texts.</summary>
    /// <param name="texts">The texts or pairs, each with the tokenizer's mask token in one place or more.</param>
    /// <param name="top">How many words, at least 1.</param>
    /// <param name="options">Threads and truncation; null for defaults.</param>
    /// <param name="cancellation">Ends the call before its next pass.</param>
    /// <returns>For each text, in order, for each masked place, in text order, its words, the likeliest first.</returns>
    /// <exception cref="ArgumentException">A text has no mask token.</exception>
    /// <exception cref="SequenceTooLongException">A text is too long and truncation was not asked for.</exception>
    /// <exception cref="InvalidOperationException">The head is not <see cref="BertHead.MaskedLanguageModel"/>.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    public IReadOnlyList<IReadOnlyList<IReadOnlyList<MaskedWord>>> FillMask(
        IReadOnlyList<TextInput> texts, int top = 5, CallOptions? options = null, CancellationToken cancellation = default)
    {
        RequireHead(BertHead.MaskedLanguageModel, nameof(FillMask));
        ArgumentOutOfRangeException.ThrowIfLessThan(top, 1);
        EncodedTexts encoded = Encode(texts, options, cancellation);
        new RaggedBatch(encoded.Ids, encoded.Types, encoded.Lengths).Check(Spec.Dimensions, MaxSequenceLength);
        RequireMasks(encoded);
        var words = new IReadOnlyList<IReadOnlyList<MaskedWord>>[texts.Count];

        // A masked place has an output for every piece of the vocabulary, so words are chosen pass by pass.
        float[] outputs = [];
        int token = 0;
        for (int first = 0; first < words.Length;)
        {
            RaggedBatch part = new RaggedBatch(encoded.Ids, encoded.Types, encoded.Lengths).Take(first, token, _program.MaxBatchTokens);
            int[] places = MaskedPlaces(part.Ids);
            int count = checked(places.Length * Spec.OutputCount);
            outputs = outputs.Length < count ? new float[count] : outputs;
            RunMasked(part.Ids, part.Types, part.Lengths, places, outputs.AsSpan(0, count), options, cancellation);
            int row = 0;
            int end = 0;
            foreach (int length in part.Lengths)
            {
                end += length;
                var own = new List<IReadOnlyList<MaskedWord>>();
                for (; row < places.Length && places[row] < end; row++)
                {
                    own.Add(MaskedWord.Likeliest(outputs.AsSpan(row * Spec.OutputCount, Spec.OutputCount), top, Tokenizer));
                }

                words[first++] = own;
            }

            token += end;
        }

        return words;
    }

    private int[] MaskedPlaces(ReadOnlySpan<int> ids)
    {
        var places = new List<int>();
        for (int i = 0; i < ids.Length; i++)
        {
            if (ids[i] == Tokenizer.MaskId)
            {
                places.Add(i);
            }
        }

        return [.. places];
    }

    private void RequireMasks(EncodedTexts texts)
    {
        for (int i = 0; i < texts.Items.Count; i++)
        {
            if (Tokenizer.MaskId is not int mask || !texts.Items[i].Ids.Contains(mask))
            {
                string which = texts.Items.Count == 1 ? "the text" : FormattableString.Invariant($"text {i}");
                throw new ArgumentException($"{which} has no {Tokenizer.Options.MaskToken}", nameof(texts));
            }
        }
    }
}
