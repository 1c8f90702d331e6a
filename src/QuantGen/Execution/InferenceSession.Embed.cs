using QuantGen.Tasks;

namespace QuantGen.Execution;

/// <content>Texts as vectors.</content>
public sealed partial class InferenceSession
{
    private static readonly EmbedOptions s_embedDefaults = new();

    /// <summary>Turns a text into a vector.</summary>
    /// <param name="text">The text.</param>
    /// <param name="embed">Pooling; null for defaults.</param>
    /// <param name="options">Threads and truncation; null for defaults.</param>
    /// <returns>As many elements as the hidden states are wide.</returns>
    /// <exception cref="SequenceTooLongException">The text is too long and truncation was not asked for.</exception>
    /// <exception cref="InvalidOperationException">The head is neither <see cref="BertHead.Embedding"/> nor <see cref="BertHead.Encoder"/>.</exception>
    public float[] Embed(string text, EmbedOptions? embed = null, CallOptions? options = null) => Embed([new TextInput(text)], embed, options)[0];

    /// <summary>Turns texts into vectors.</summary>
    /// <param name="texts">The texts or pairs.</param>
    /// <param name="embed">Pooling; null for defaults.</param>
    /// <param name="options">Threads and truncation; null for defaults.</param>
    /// <param name="cancellation">Ends the call before its next pass.</param>
    /// <returns>A vector for each, in order.</returns>
    /// <exception cref="SequenceTooLongException">A text is too long and truncation was not asked for.</exception>
    /// <exception cref="InvalidOperationException">The head is neither <see cref="BertHead.Embedding"/> nor <see cref="BertHead.Encoder"/>.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    public float[][] Embed(IReadOnlyList<TextInput> texts, EmbedOptions? embed = null, CallOptions? options = null, CancellationToken cancellation = default)
    {
        RequireHead(Spec.Head is BertHead.Embedding or BertHead.Encoder, nameof(Embed), "the head Embedding or Encoder");
        EncodedTexts encoded = Encode(texts, options, cancellation);
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
                vectors[first] = new float[width];
                Pooler.Pool(hidden.AsSpan(start * width, length * width), embed ?? s_embedDefaults, vectors[first++]);
                start += length;
            }

            token += start;
        }

        return vectors;
    }
}
