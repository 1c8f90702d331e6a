using QuantGen.Trainable;
using static global::TorchSharp.torch;

namespace QuantGen.TorchSharp;

/// <summary>The matrix of a linear layer as a pass sees it: full precision, codes with scales, or values of a codebook.</summary>
internal abstract class TorchWeight(DeviceParameter weight)
{
    private TorchPass? _pass;
    private Tensor? _values;

    /// <summary>Gets what inputs are multiplied by: weights, or centered codes.</summary>
    public Tensor Values(TorchPass pass)
    {
        // A layer that is used again multiplies by the same.
        if (_pass != pass)
        {
            _pass = pass;
            _values = pass.IsQuantized ? Quantize(pass) : Weights(pass);
        }

        return _values!;
    }

    /// <summary>Gets the factor of every row where the values are codes; otherwise null.</summary>
    public virtual Tensor? RowScales => null;

    /// <summary>Sets what is kept beside the weights from their present values.</summary>
    public virtual void Initialize()
    {
    }

    /// <summary>Quantizes the present values.</summary>
    protected virtual Tensor Quantize(TorchPass pass) => Weights(pass);

    /// <summary>Gets the weights as they are.</summary>
    protected Tensor Weights(TorchPass pass) => weight.In(pass);

    /// <summary>Wraps a weight by its scheme.</summary>
    /// <param name="parameter">The weight.</param>
    /// <param name="device">Makes device parameters.</param>
    public static TorchWeight Of(QuantizedParameter parameter, Func<Parameter, DeviceParameter> device)
    {
        DeviceParameter weight = device(parameter.Weight);
        return !parameter.Matrix.IsQuantized ? new TorchFullWeight(weight)
            : parameter.Matrix.HasCodebook ? new TorchCodebookWeight(parameter, weight, device(parameter.Centroids!))
            : new TorchScaledWeight(parameter, weight, parameter.Alpha is null ? null : device(parameter.Alpha));
    }
}
