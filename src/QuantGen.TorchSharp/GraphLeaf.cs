using static global::TorchSharp.torch;

namespace QuantGen.TorchSharp;

/// <summary>A tensor that a backward pass computes the gradient of.</summary>
/// <param name="Tensor">The tensor.</param>
/// <param name="IsHead">Whether only logits depend on it.</param>
/// <param name="AddGradient">Adds a gradient, contiguous on the CPU, to the parameter's.</param>
internal sealed record GraphLeaf(Tensor Tensor, bool IsHead, Action<Tensor> AddGradient);
