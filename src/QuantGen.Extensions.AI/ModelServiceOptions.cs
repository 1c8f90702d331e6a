using QuantGen.Tasks;
using QuantGen.Vectors;

namespace QuantGen.Extensions.AI;

/// <summary>What a program decides for a model that serves many callers.</summary>
public sealed record ModelServiceOptions
{
    /// <summary>Gets how the model is loaded; null, the default, for defaults. Without meaning where the program loads it itself.</summary>
    public LoadOptions? Load { get; init; }

    /// <summary>
    /// Gets the tokens, special ones included, to which longer texts are cut; null, the default, for what the model's file says, and where it says nothing
    /// a text that is too long is an error.
    /// </summary>
    public int? MaxLength { get; init; }

    /// <summary>
    /// Gets the name of the model in metadata, traces and metrics; null, the default, for the name of its class, or "model" where that is not known.
    /// </summary>
    public string? ModelId { get; init; }

    /// <summary>
    /// Gets the most texts of several callers that are computed together, at least 1. Default 64. A call with more of them is not divided. Results do not
    /// depend on it.
    /// </summary>
    public int MaxBatchTexts { get; init; } = 64;

    /// <summary>
    /// Gets the most batches that are computed at the same time, at least 1; what comes meanwhile waits and becomes the next batch. Default: the number of
    /// processors, as many as a session computes at the same time.
    /// </summary>
    public int ConcurrentBatches { get; init; } = Environment.ProcessorCount;

    /// <summary>Gets how texts become vectors; null, the default, as the model's file says.</summary>
    public EmbedOptions? Embed { get; init; }

    /// <summary>
    /// Gets to how many elements vectors are cut where a call does not say (<c>EmbeddingGenerationOptions.Dimensions</c>), and made as long as 1 again where
    /// the model does so; null, the default, for all.
    /// </summary>
    public int? Dimensions { get; init; }

    /// <summary>
    /// Gets what codes of eight bits stand for, which must have as many elements as the vectors; null, the default, for codes of each vector's own
    /// step, whose cosines are right and whose lengths mean nothing.
    /// </summary>
    public Int8Calibration? Int8 { get; init; }

    /// <summary>Gets how answers are searched for; null, the default, for defaults.</summary>
    public AnswerOptions? Answer { get; init; }

    /// <summary>Gets what the model is called.</summary>
    internal string Name => ModelId ?? "model";
}
