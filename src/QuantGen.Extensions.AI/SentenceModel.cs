using Microsoft.Extensions.AI;
using QuantGen.Execution;
using QuantGen.Sentences;
using QuantGen.Tasks;
using QuantGen.Tokenization;
using QuantGen.Vectors;

namespace QuantGen.Extensions.AI;

/// <summary>A sentence encoder that serves callers of all formats of vectors: they share its batches.</summary>
internal sealed class SentenceModel
{
    private readonly BatchQueue<string, float[]> _queue;
    private readonly ModelServiceOptions _options;
    private readonly CallOptions _call;
    private readonly string _prompt;
    private readonly EncodeOptions? _limits;

    public SentenceModel(InferenceSession session, ModelServiceOptions options)
    {
        ArgumentNullException.ThrowIfNull(session);
        if (session.Spec.Head is not (BertHead.Embedding or BertHead.Encoder))
        {
            throw new InvalidOperationException($"a model with the head Embedding or Encoder is needed, and this model has the head {session.Spec.Head}");
        }

        SentenceEncoding encoding = session.Sentence.With(options.Embed);
        Session = session;
        Normalizes = encoding.Normalize;
        Width = encoding.Width(session.Spec.Dimensions.HiddenSize);
        Dimensions = options.Dimensions ?? Width;
        RequireDimensions(Dimensions);
        if (options.Int8 is { } codes && codes.Dimensions != Dimensions)
        {
            throw new ArgumentException(FormattableString.Invariant($"codes are calibrated for {codes.Dimensions} elements, and vectors have {Dimensions}"));
        }

        _options = options;
        _call = new CallOptions { MaxLength = options.MaxLength };
        _prompt = encoding.PromptText(options.Embed?.Prompt);
        int? length = options.MaxLength ?? (encoding.MaxLength <= session.MaxSequenceLength ? encoding.MaxLength : null);
        _limits = length is null ? null : new EncodeOptions { MaxLength = length, Truncation = Truncation.LongestFirst };
        _queue = new BatchQueue<string, float[]>(Compute, options.MaxBatchTexts, options.ConcurrentBatches);
    }

    public InferenceSession Session { get; }

    /// <summary>Gets whether vectors are as long as 1.</summary>
    public bool Normalizes { get; }

    /// <summary>Gets the elements of the model's vectors.</summary>
    public int Width { get; }

    /// <summary>Gets the elements of vectors where a call does not say.</summary>
    public int Dimensions { get; }

    /// <summary>Gets the model's name.</summary>
    public string Name => _options.Name;

    /// <summary>Gets what codes of eight bits stand for.</summary>
    public Int8Calibration? Int8 => _options.Int8;

    /// <summary>Computes vectors and what became of the texts on the way.</summary>
    public Task<GeneratedEmbeddings<TEmbedding>> GenerateAsync<TEmbedding>(
        IReadOnlyList<string> texts, EmbeddingGenerationOptions? asked, Func<float[], TEmbedding> make, CancellationToken cancellation)
        where TEmbedding : Embedding
    {
        const string Operation = "embeddings";
        int dimensions = asked?.Dimensions ?? Dimensions;
        RequireDimensions(dimensions);
        if (asked?.ModelId is string other && other != Name)
        {
            throw new ArgumentException($"this generator has the model '{Name}', and '{other}' is asked for", nameof(asked));
        }

        return QuantGenTelemetry.TellAsync(Operation, Name, async activity =>
        {
            IReadOnlyList<float[]> vectors = await _queue.RunAsync(texts, cancellation).ConfigureAwait(false);
            int tokens = texts.Sum(CountTokens);
            QuantGenTelemetry.TellUsage(activity, Operation, Name, tokens, dimensions);
            var result = new GeneratedEmbeddings<TEmbedding>(vectors.Count)
            {
                Usage = new UsageDetails { InputTokenCount = tokens, TotalTokenCount = tokens },
            };
            foreach (float[] vector in vectors)
            {
                TEmbedding embedding = make(dimensions == Width ? vector : VectorCodes.Truncate(vector, dimensions, Normalizes));
                embedding.ModelId = Name;
                result.Add(embedding);
            }

            return result;
        });
    }

    private IReadOnlyList<float[]> Compute(IReadOnlyList<string> texts, CancellationToken cancellation) =>
        Session.Embed([.. texts.Select(text => new TextInput(text))], _options.Embed, _call, cancellation);

    private int CountTokens(string text) => Session.Tokenizer.Encode(Session.Sentence.Prepare(_prompt, text), null, _limits).Length;

    private void RequireDimensions(int dimensions)
    {
        if (dimensions < 1 || dimensions > Width)
        {
            throw new ArgumentOutOfRangeException(
                nameof(dimensions), FormattableString.Invariant($"vectors of this model have 1 to {Width} elements, and {dimensions} are asked for"));
        }
    }
}
