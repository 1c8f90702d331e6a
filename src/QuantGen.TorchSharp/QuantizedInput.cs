using static global::TorchSharp.torch;

namespace QuantGen.TorchSharp;

/// <summary>Activations as centered codes.</summary>
/// <param name="Codes">The codes, with the gradients of the quantized values.</param>
/// <param name="Scale">What a code of 1 stands for: one number, or one for every row.</param>
internal sealed record QuantizedInput(Tensor Codes, Tensor Scale);
