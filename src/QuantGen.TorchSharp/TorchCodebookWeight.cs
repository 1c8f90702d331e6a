using QuantGen.Trainable;
using static global::TorchSharp.torch;

namespace QuantGen.TorchSharp;

/// <summary>A matrix whose weights are values of a codebook by labels that stay as they were made. A centroid's gradient is the mean of its members'.</summary>
/// <param name="parameter">The weights and their codebook.</param>
/// <param name="weight">The weights on the device.</param>
/// <param name="centroids">The codebook on the device.</param>
internal sealed class TorchCodebookWeight(QuantizedParameter parameter, DeviceParameter weight, DeviceParameter centroids) : TorchWeight(weight)
{
    private readonly CodebookValues _values = new(parameter, centroids);

    public override void Initialize() => _values.Initialize();

    protected override Tensor Quantize(TorchPass pass) => pass.Keep(_values.Rows(pass, null));
}
