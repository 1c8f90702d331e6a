using QuantGen.Sentences;
using QuantGen.Tasks;

namespace QuantGen.Execution;

/// <content>Texts as vectors.</content>
public sealed partial class InferenceSession
{
    /// <summary>Gets how the model makes texts into vectors where <see cref="EmbedOptions"/> say nothing else.</summary>
    public SentenceEncoding Sentence => _sentence.Encoding;

    /// <summary>Turns a text into a vector.</summary>
    /// <param name="text">The text.</param>
    /// <param name="embed">Pooling, normalization and prompt; null for those of the model.</param>
    /// <param name="options">Threads and truncation; null for defaults. Where <see cref="Sentence"/> has a length, longer texts are cut to it.</param>
    /// <returns>As many elements as the hidden states are wide, unless dense layers or several poolings say otherwise.</returns>
    /// <exception cref="SequenceTooLongException">The text is too long and truncation was not asked for.</exception>
    /// <exception cref="InvalidOperationException">The head is neither <see cref="BertHead.Embedding"/> nor <see cref="BertHead.Encoder"/>.</exception>
    public float[] Embed(string text, EmbedOptions? embed = null, CallOptions? options = null) => Embed([new TextInput(text)], embed, options)[0];

    /// <summary>Turns texts into vectors.</summary>
    /// <param name="texts">The texts or pairs.</param>
    /// <param name="embed">Pooling, normalization and prompt; null for those of the model.</param>
    /// <param name="options">Threads and truncation; null for defaults. Where <see cref="Sentence"/> has a length, longer texts are cut to it.</param>
    /// <param name="cancellation">Ends the call before its next pass.</param>
    /// <returns>A vector for each, in order.</returns>
    /// <exception cref="SequenceTooLongException">A text is too long and truncation was not asked for.</exception>
    /// <exception cref="InvalidOperationException">The head is neither <see cref="BertHead.Embedding"/> nor <see cref="BertHead.Encoder"/>.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    public float[][] Embed(IReadOnlyList<TextInput> texts, EmbedOptions? embed = null, CallOptions? options = null, CancellationToken cancellation = default)
    {
        RequireHead(Spec.Head is BertHead.Embedding or BertHead.Encoder, nameof(Embed), "the head Embedding or Encoder");
        ArgumentNullException.ThrowIfNull(texts);
        SentenceTask task = SentenceTask.Of(_sentence, Tokenizer, embed);
        EncodedTexts encoded = Encode([.. texts.Select(text => Prepared(text, task))], WithLength(options), cancellation);
        new RaggedBatch(encoded.Ids, encoded.Types, encoded.Lengths).Check(Spec.Dimensions, MaxSequenceLength);
        int width = Spec.Dimensions.HiddenSize;
        float[][] vectors = new float[texts.Count][];

        // The states of all texts could take gigabytes, so they are pooled pass by pass.
        float[] hidden = new float[Math.Min(encoded.TokenCount, _program.MaxBatchTokens) * width];
        int token = 0;
        for (int first = 0; first < vectors.Length;)
        {
            RaggedBatch part = new RaggedBatch(encoded.Ids, encoded.Types, encoded.Lengths).Take(first, token, _program.MaxBatchTokens);
            RunHidden(part.Ids, part.Types, part.Lengths, hidden.AsSpan(0, part.Ids.Length * width), options, cancellation);
            int start = 0;
            foreach (int length in part.Lengths)
            {
                vectors[first++] = task.Vector(hidden.AsSpan(start * width, length * width));
                start += length;
            }

            token += start;
        }

        return vectors;
    }

    private static TextInput Prepared(TextInput text, SentenceTask task) =>
        new(task.Prepare(text.Text), text.Pair is null ? null : task.Head.Encoding.Prepare(string.Empty, text.Pair));

    // A text that is longer than the code was generated for stays an error.
    private CallOptions? WithLength(CallOptions? options) => Sentence.MaxLength is int most && options?.MaxLength is null && most <= MaxSequenceLength
        ? (options ?? s_callDefaults) with { MaxLength = most }
        : options;
}
