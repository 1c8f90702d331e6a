using QuantGen.Quantization;
using QuantGen.Sentences;
using QuantGen.Specs;
using QuantGen.Tokenization;

namespace QuantGen.Training.PostTraining;

/// <summary>What goes into a packed file beside a checkpoint's weights.</summary>
public sealed record PostTrainingOptions
{
    /// <summary>Gets the tokenizer whose vocabulary and options are stored.</summary>
    public required BertTokenizer Tokenizer { get; init; }

    /// <summary>Gets the labels in the order of the head's outputs. Default none.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>Gets what the head's outputs go through. Default <see cref="OutputActivation.Usual"/>.</summary>
    public OutputActivation OutputActivation { get; init; }

    /// <summary>Gets what makes a sentence encoder's hidden states a vector; null, the default, for a model that says nothing about it.</summary>
    public SentenceHead? Sentence { get; init; }

    /// <summary>
    /// Gets scale and zero point of every use of every quantized activation site, by the site's name, as <see cref="ActivationCalibrator"/>
    /// finds them. Required when the model's activation range is <see cref="ActivationRange.Static"/> or attention is quantized; otherwise not used.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyList<QuantizationParameters>>? StaticRanges { get; init; }

    /// <summary>Gets how codes are found; the result carries it. Default: evenly spaced codes with the ranges of least squared error.</summary>
    public Recipe Recipe { get; init; } = new();

    /// <summary>
    /// Gets the most threads, at least 1. Results do not depend on it, but memory does: each thread holds the matrix it works on. Default one per processor.
    /// </summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Gets who is told how many of the weights are done, from 0 to 1. Default nobody.</summary>
    public IProgress<double>? Progress { get; init; }
}
