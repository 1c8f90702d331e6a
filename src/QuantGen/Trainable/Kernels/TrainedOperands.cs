using QuantGen.Kernels;

namespace QuantGen.Trainable.Kernels;

/// <summary>How attention is quantized in training; the default is not at all.</summary>
/// <param name="query">Queries.</param>
/// <param name="key">Keys.</param>
/// <param name="value">Values.</param>
/// <param name="probabilities">Probabilities after dropout.</param>
/// <param name="inverseRoot">1 / sqrt(head size).</param>
internal readonly struct TrainedOperands(
    TrainedOperand query, TrainedOperand key, TrainedOperand value, TrainedOperand probabilities, float inverseRoot)
{
    public bool IsQuantized { get; } = true;

    public TrainedOperand Query { get; } = query;

    public TrainedOperand Key { get; } = key;

    public TrainedOperand Value { get; } = value;

    public TrainedOperand Probabilities { get; } = probabilities;

    /// <summary>Gets the factors of inference.</summary>
    public AttentionOperands Factors { get; } = new(query.Range, key.Range, value.Range, probabilities.Range, inverseRoot);
}
