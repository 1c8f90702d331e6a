using QuantGen.Trainable;
using static global::TorchSharp.torch;

namespace QuantGen.TorchSharp;

/// <summary>The batch in hand: what layers need to know of it, and what they leave for the backward pass.</summary>
/// <param name="batch">The batch.</param>
/// <param name="forward">What the pass is for.</param>
/// <param name="options">Dropout.</param>
/// <param name="device">Where it runs.</param>
internal sealed class TorchPass(TrainingBatch batch, ForwardOptions forward, TrainableOptions options, Device device) : IDisposable
{
    private readonly TorchDropout _dropout = new(forward, device);
    private readonly List<Tensor> _kept = [];

    public TrainingBatch Batch => batch;

    public ForwardPurpose Purpose => forward.Purpose;

    public Device Device => device;

    /// <summary>Gets whether weights and activations are quantized, where the model says so.</summary>
    public bool IsQuantized => Purpose != ForwardPurpose.Calibrate;

    /// <summary>Gets where tokens stand among padding.</summary>
    public TokenPlaces Places { get; } = new(batch, device);

    /// <summary>Gets the parameters that the pass used.</summary>
    public List<GraphLeaf> Leaves { get; } = [];

    /// <summary>Drops hidden values.</summary>
    /// <param name="values">The values.</param>
    public Tensor DropHidden(Tensor values) => Purpose == ForwardPurpose.Train ? _dropout.Drop(values, options.HiddenDropout) : values;

    /// <summary>Drops attention probabilities.</summary>
    /// <param name="values">The probabilities.</param>
    public Tensor DropAttention(Tensor values) => Purpose == ForwardPurpose.Train ? _dropout.Drop(values, options.AttentionDropout) : values;

    /// <summary>Keeps a tensor until the pass is disposed.</summary>
    /// <param name="tensor">The tensor, which leaves the scope that made it.</param>
    public Tensor Keep(Tensor tensor)
    {
        _kept.Add(tensor.DetachFromDisposeScope());
        return tensor;
    }

    public void Dispose()
    {
        _dropout.Dispose();
        foreach (Tensor tensor in _kept)
        {
            tensor.Dispose();
        }
    }
}
