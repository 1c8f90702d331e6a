using QuantGen.Trainable;
using global::TorchSharp;
using static global::TorchSharp.torch;

namespace QuantGen.TorchSharp;

/// <summary>A parameter on the device: a leaf of the graph of every pass that uses it, unless it is frozen.</summary>
/// <param name="parameter">The parameter, whose values every pass copies.</param>
/// <param name="isHead">Whether only logits depend on it.</param>
/// <param name="device">The device.</param>
internal sealed class DeviceParameter(Parameter parameter, bool isHead, Device device)
{
    private readonly long[] _shape = [.. parameter.Shape.Select(dimension => (long)dimension)];
    private TorchPass? _pass;
    private Tensor? _leaf;

    /// <summary>Gets the values in a pass, with which they end, and which will ask for gradients where they learn.</summary>
    /// <param name="pass">The pass.</param>
    public Tensor In(TorchPass pass)
    {
        if (_pass != pass)
        {
            _pass = pass;
            _leaf = pass.Keep(Copy());
            if (!parameter.IsFrozen)
            {
                pass.Leaves.Add(new GraphLeaf(_leaf, isHead, AddGradient));
            }
        }

        return _leaf!;
    }

    // Never the array itself: where it stands in memory decides how libtorch's products add, and an array stands elsewhere in every run.
    private Tensor Copy()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable unrecorded = no_grad();
        Tensor copy = empty(_shape, ScalarType.Float32, device).copy_(HostMemory.Share(parameter.Values, CPU, _shape));
        copy.requires_grad = !parameter.IsFrozen;
        return scope.MoveToOuter(copy);
    }

    private void AddGradient(Tensor gradient) =>
        RowScaling.Add(ref parameter.Gradients[0], parameter.Gradients.Length, ref HostMemory.Elements(gradient)[0]);
}
