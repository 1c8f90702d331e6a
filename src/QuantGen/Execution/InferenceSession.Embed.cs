using System.Buffers;
using System.Runtime.InteropServices;
using QuantGen.Sentences;
using QuantGen.Tasks;

namespace QuantGen.Execution;

/// <content>Texts as vectors.</content>
public sealed partial class InferenceSession
{
    // Texts of up to so many tokens need no buffer but the stack's.
    private const int TokensOnStack = 512;

    private SentenceTask? _ownTask;

    /// <summary>Gets how the model makes texts into vectors where <see cref="EmbedOptions"/> say nothing else.</summary>
    public SentenceEncoding Sentence => _sentence.Encoding;

    /// <summary>Gets the elements of a vector where <see cref="EmbedOptions"/> say nothing else.</summary>
    public int VectorLength => _sentence.Width;

    /// <summary>Turns a text into a vector.</summary>
    /// <param name="text">The text.</param>
    /// <param name="embed">Pooling, normalization and prompt; null for those of the model.</param>
    /// <param name="options">Threads and truncation; null for defaults. Where <see cref="Sentence"/> has a length, longer texts are cut to it.</param>
    /// <returns>As many elements as the hidden states are wide, unless dense layers or several poolings say otherwise.</returns>
    /// <exception cref="SequenceTooLongException">The text is too long and truncation was not asked for.</exception>
    /// <exception cref="InvalidOperationException">The head is neither <see cref="BertHead.Embedding"/> nor <see cref="BertHead.Encoder"/>.</exception>
    public float[] Embed(string text, EmbedOptions? embed = null, CallOptions? options = null) => Embed([new TextInput(text)], embed, options)[0];

    /// <summary>Turns a text into a vector where the caller has room for it. Once buffers have grown nothing is allocated, unless the text has a prompt
    /// before it, is lower-cased as a whole, or <paramref name="embed"/> is given.</summary>
    /// <param name="text">The text.</param>
    /// <param name="vector">Receives the vector: <see cref="VectorLength"/> elements, or as many as the pooling of <paramref name="embed"/> gives.</param>
    /// <param name="embed">Pooling, normalization and prompt; null for those of the model.</param>
    /// <param name="options">Threads and truncation; null for defaults. Where <see cref="Sentence"/> has a length, longer texts are cut to it.</param>
    /// <exception cref="ArgumentException"><paramref name="vector"/> has another length.</exception>
    /// <exception cref="SequenceTooLongException">The text is too long and truncation was not asked for.</exception>
    /// <exception cref="InvalidOperationException">The head is neither <see cref="BertHead.Embedding"/> nor <see cref="BertHead.Encoder"/>.</exception>
    public void Embed(ReadOnlySpan<char> text, Span<float> vector, EmbedOptions? embed = null, CallOptions? options = null)
    {
        RequireEmbedding();
        SentenceTask task = embed is null ? _ownTask ??= SentenceTask.Of(_sentence, Tokenizer) : SentenceTask.Of(_sentence, Tokenizer, embed);
        if (vector.Length != task.Head.Width)
        {
            throw new ArgumentException($"A vector has {task.Head.Width} elements, and there is room for {vector.Length}.", nameof(vector));
        }

        if (task.Prompt.Length > 0 || Sentence.LowerCase)
        {
            text = task.Prepare(text.ToString());
        }

        int? limit = LengthLimit(options) ?? LengthOfSentences;
        int room = limit ?? MaxSequenceLength;
        int[]? rented = room > TokensOnStack ? ArrayPool<int>.Shared.Rent(2 * room) : null;
        Span<int> places = rented ?? stackalloc int[2 * TokensOnStack];
        Span<int> ids = places[..room];
        Span<byte> types = MemoryMarshal.AsBytes(places[room..])[..room];
        float[]? hidden = null;
        try
        {
            int length = Tokenizer.Encode(text, pair: default, ids, types, room, out int needed);
            if (limit is null && needed > room)
            {
                throw new SequenceTooLongException(0, needed, room);
            }

            int states = length * Spec.Dimensions.HiddenSize;
            hidden = ArrayPool<float>.Shared.Rent(states);
            RunHidden(ids[..length], types[..length], [length], hidden.AsSpan(0, states), options);
            task.Vector(hidden.AsSpan(0, states), vector);
        }
        finally
        {
            Return(rented);
            Return(hidden);
        }
    }

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
        RequireEmbedding();
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

    private static void Return<T>(T[]? rented)
    {
        if (rented is not null)
        {
            ArrayPool<T>.Shared.Return(rented);
        }
    }

    private static TextInput Prepared(TextInput text, SentenceTask task) =>
        new(task.Prepare(text.Text), text.Pair is null ? null : task.Head.Encoding.Prepare(string.Empty, text.Pair));

    // A text that is longer than the code was generated for stays an error.
    private int? LengthOfSentences => Sentence.MaxLength is int most && most <= MaxSequenceLength ? most : null;

    private CallOptions? WithLength(CallOptions? options) => LengthOfSentences is int most && options?.MaxLength is null
        ? (options ?? s_callDefaults) with { MaxLength = most }
        : options;

    private void RequireEmbedding() =>
        RequireHead(Spec.Head is BertHead.Embedding or BertHead.Encoder, nameof(Embed), "the head Embedding or Encoder");
}
