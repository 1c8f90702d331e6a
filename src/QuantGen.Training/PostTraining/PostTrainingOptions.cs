using QuantGen.Quantization;
using QuantGen.Tokenization;

namespace QuantGen.Training.PostTraining;

/// <summary>What goes into a packed file beside a checkpoint's weights.</summary>
public sealed record PostTrainingOptions
{
    /// <summary>Gets the tokenizer whose vocabulary and options are stored.</summary>
    public required BertTokenizer Tokenizer { get; init; }

    /// <summary>Gets the labels in the order of the head's outputs. Default none.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>
    /// Gets scale and zero point of every use of every quantized activation site, by the site's name, as <see cref="ActivationCalibrator"/>
    /// finds them. Required when the model's activation range is <see cref="ActivationRange.Static"/> or attention is quantized; otherwise not used.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyList<QuantizationParameters>>? StaticRanges { get; init; }

    /// <summary>Gets Lloyd's iterations when codebooks are found by k-means. Default 3.</summary>
    public int ClusterIterations { get; init; } = ClusterQuantizer.DefaultIterations;

    /// <summary>Gets the seed of k-means' first centroids, the same for every matrix.</summary>
    public ulong ClusterSeed { get; init; }

    /// <summary>
    /// Gets the most threads, at least 1. Results do not depend on it, but memory does: each thread holds the matrix it works on. Default one per processor.
    /// </summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Gets who is told how many of the weights are done, from 0 to 1. Default nobody.</summary>
    public IProgress<double>? Progress { get; init; }
}
