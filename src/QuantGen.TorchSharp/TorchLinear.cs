using global::TorchSharp;
using static global::TorchSharp.torch;

namespace QuantGen.TorchSharp;

/// <summary>A linear layer, <c>y = x W^T + b</c>.</summary>
/// <param name="weight">The matrix.</param>
/// <param name="bias">One summand per output.</param>
/// <param name="hasIntegerProduct">Whether codes of weights meet codes of activations.</param>
internal sealed class TorchLinear(TorchWeight weight, DeviceParameter bias, bool hasIntegerProduct)
{
    /// <summary>Computes outputs: of integers exactly, then scaled in the order of inference.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="x">The inputs.</param>
    /// <param name="quantized">Their codes, where any layer that reads them multiplies integers.</param>
    public Tensor Forward(TorchPass pass, Tensor x, QuantizedInput? quantized)
    {
        if (!hasIntegerProduct || quantized is null)
        {
            return pass.Map(x, weight.Values(pass), bias.In(pass));
        }

        // In place: no gradient needs the sums.
        using DisposeScope scope = NewDisposeScope();
        Tensor sums = pass.Multiply(quantized.Codes, weight.Values(pass).t());
        return scope.MoveToOuter(sums.mul_(weight.RowScales!).mul_(quantized.Scale).add_(bias.In(pass)));
    }
}
