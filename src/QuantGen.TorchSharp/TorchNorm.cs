using static global::TorchSharp.torch;

namespace QuantGen.TorchSharp;

/// <summary>A layer normalization.</summary>
/// <param name="weight">The factors.</param>
/// <param name="bias">The summands.</param>
/// <param name="epsilon">Added to the variance.</param>
internal sealed class TorchNorm(DeviceParameter weight, DeviceParameter bias, double epsilon)
{
    public Tensor Forward(TorchPass pass, Tensor x) => nn.functional.layer_norm(x, [x.shape[1]], weight.In(pass), bias.In(pass), epsilon);
}
