using QuantGen.Packed;

namespace QuantGen.Training.PostTraining;

/// <summary>A quantized checkpoint.</summary>
/// <param name="Builder">The packed model, complete; <see cref="PackedModelBuilder.Save"/> and
/// <see cref="PackedModelBuilder.Build"/> check every value.</param>
/// <param name="Tensors">The word embedding and every linear layer but the head, in the order of the forward pass.</param>
public sealed record PostTrainingResult(PackedModelBuilder Builder, IReadOnlyList<TensorReport> Tensors);
