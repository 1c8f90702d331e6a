using QuantGen.Quantization;

namespace QuantGen.Training.PostTraining;

/// <summary>What one job of a step found.</summary>
internal sealed record JobResult
{
    /// <summary>Gets codes by the matrix's name.</summary>
    public IReadOnlyDictionary<string, QuantizedMatrix> Codes { get; init; } = new Dictionary<string, QuantizedMatrix>();

    /// <summary>Gets tensors that take the place of the checkpoint's, by name.</summary>
    public IReadOnlyDictionary<string, float[]> Weights { get; init; } = new Dictionary<string, float[]>();

    /// <summary>Gets ranges of activations by the place's name.</summary>
    public IReadOnlyDictionary<string, QuantizationParameters> Ranges { get; init; } = new Dictionary<string, QuantizationParameters>();

    /// <summary>Gets numbers, whose meaning the step knows.</summary>
    public IReadOnlyList<double> Numbers { get; init; } = [];
}
