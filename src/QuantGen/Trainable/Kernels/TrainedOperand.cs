using QuantGen.Kernels;

namespace QuantGen.Trainable.Kernels;

/// <summary>How one operand of attention is quantized in training.</summary>
/// <param name="Range">The mapping.</param>
/// <param name="Threshold">The threshold that is learned.</param>
/// <param name="IsLearned">Whether it is: otherwise gradients pass as they are.</param>
internal readonly record struct TrainedOperand(ActivationParameters Range, LearnedThreshold Threshold, bool IsLearned);
