using QuantGen.Trainable;
using static global::TorchSharp.torch;

namespace QuantGen.TorchSharp;

/// <summary>A matrix of evenly spaced codes with a scale for each group of rows. Gradients pass to the weights as they are.</summary>
/// <param name="parameter">The weights and how they are quantized.</param>
/// <param name="weight">The weights on the device.</param>
/// <param name="alpha">The learned thresholds on the device, or null.</param>
internal sealed class TorchScaledWeight(QuantizedParameter parameter, DeviceParameter weight, DeviceParameter? alpha) : TorchWeight(weight)
{
    private Tensor? _rowScales;

    public override Tensor? RowScales => _rowScales;

    public override void Initialize() => parameter.InitializeAlphas();

    protected override Tensor Quantize(TorchPass pass)
    {
        var rows = new RowFits(parameter, [.. Enumerable.Range(0, parameter.Matrix.Rows)], pass.Device);
        _rowScales = pass.Keep(rows.Scale.view(-1));
        return pass.Keep(rows.Center(Weights(pass), alpha?.In(pass)));
    }
}
