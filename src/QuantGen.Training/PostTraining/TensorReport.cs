namespace QuantGen.Training.PostTraining;

/// <summary>How well one quantized tensor represents its original.</summary>
/// <param name="Name">Canonical name without <c>.weight</c>.</param>
/// <param name="Bits">Bits of a weight; the mean over rows where precision is mixed.</param>
/// <param name="Groups">How many runs of weights have a scale of their own; 0 in full precision.</param>
/// <param name="SqnrDb">
/// Signal to quantization noise ratio of the weights, <c>10 log10(sum w^2 / sum (w - w_hat)^2)</c>; positive infinity when nothing was lost.
/// </param>
public sealed record TensorReport(string Name, double Bits, int Groups, double SqnrDb)
{
    /// <summary>Gets how much a step found the model to suffer from errors of this tensor, in the step's own unit; null where none looked.</summary>
    public double? Sensitivity { get; init; }
}
