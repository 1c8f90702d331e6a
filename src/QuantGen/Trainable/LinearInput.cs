
namespace QuantGen.Trainable;

/// <summary>What enters a linear layer: floats, or the integers that quantization left of them with one factor per row.</summary>
/// <param name="Values">The floats or integers, row after row.</param>
/// <param name="RowScales">What a row's integers are multiplied by; null for floats.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct LinearInput(float[] Values, float[]? RowScales = null);
