using QuantGen.Trainable;
using global::TorchSharp;
using static global::TorchSharp.torch;

namespace QuantGen.TorchSharp;

/// <summary>A parameter on the device: a leaf of the graph of every pass that uses it, unless it is frozen.</summary>
internal sealed class DeviceParameter : IDisposable
{
    private readonly long[] _shape;
    private readonly Tensor _leaf;
    private TorchPass? _pass;

    /// <summary>Creates the leaf.</summary>
    /// <param name="parameter">The parameter, whose values every pass uploads.</param>
    /// <param name="isHead">Whether only logits depend on it.</param>
    /// <param name="device">The device.</param>
    public DeviceParameter(Parameter parameter, bool isHead, Device device)
    {
        Parameter = parameter;
        IsHead = isHead;
        _shape = [.. parameter.Shape.Select(dimension => (long)dimension)];
        _leaf = zeros(_shape, ScalarType.Float32, device, requires_grad: true).DetachFromDisposeScope();
    }

    public Parameter Parameter { get; }

    public bool IsHead { get; }

    /// <summary>Gets the values in a pass, with which the pass will ask for gradients where they learn.</summary>
    /// <param name="pass">The pass.</param>
    public Tensor In(TorchPass pass)
    {
        if (_pass != pass)
        {
            _pass = pass;
            using DisposeScope scope = NewDisposeScope();
            using IDisposable unrecorded = no_grad();
            _leaf.copy_(HostMemory.Share(Parameter.Values, CPU, _shape));
            _leaf.requires_grad = !Parameter.IsFrozen;
            if (!Parameter.IsFrozen)
            {
                pass.Leaves.Add(new GraphLeaf(_leaf, IsHead, AddGradient));
            }
        }

        return _leaf;
    }

    public void Dispose() => _leaf.Dispose();

    private void AddGradient(Tensor gradient) =>
        RowScaling.Add(ref Parameter.Gradients[0], Parameter.Gradients.Length, ref HostMemory.Elements(gradient)[0]);
}
