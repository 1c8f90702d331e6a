using Microsoft.Extensions.AI;
using QuantGen.Execution;

namespace QuantGen.Extensions.AI;

/// <summary>Makes embeddings of one format. Any number of threads may call it at the same time.</summary>
/// <param name="model">The model; whoever loaded it disposes of it.</param>
/// <param name="make">Makes an embedding of a vector.</param>
internal sealed class ModelEmbeddings<TEmbedding>(SentenceModel model, Func<float[], TEmbedding> make) : IEmbeddingGenerator<string, TEmbedding>
    where TEmbedding : Embedding
{
    private readonly EmbeddingGeneratorMetadata _metadata = new(QuantGenTelemetry.Provider, null, model.Name, model.Dimensions);

    public Task<GeneratedEmbeddings<TEmbedding>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        string[] texts = [.. values];
        return texts.Any(text => text is null)
            ? throw new ArgumentException("a text is null", nameof(values))
            : model.GenerateAsync(texts, options, make, cancellationToken);
    }

    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType.IsInstanceOfType(this) ? this
            : serviceType == typeof(EmbeddingGeneratorMetadata) ? _metadata
            : serviceType == typeof(InferenceSession) ? model.Session
            : null;
    }

    public void Dispose()
    {
        // The model belongs to whoever loaded it; there is nothing else to free.
    }
}
