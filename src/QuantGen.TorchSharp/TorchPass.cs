using QuantGen.Kernels;
using QuantGen.Trainable;
using global::TorchSharp;
using static global::TorchSharp.torch;

namespace QuantGen.TorchSharp;

/// <summary>The batch in hand: what layers need to know of it, and what they leave for the backward pass.</summary>
internal sealed class TorchPass : IDisposable
{
    private readonly ForwardOptions _forward;
    private readonly TrainableOptions _options;
    private readonly ProductPrecision _precision;
    private readonly TorchDropout _dropout;
    private readonly Dictionary<(SiteRange Range, int Use), ActivationParameters> _mappings;
    private readonly List<Tensor> _kept = [];

    /// <summary>Begins a pass.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="forward">What the pass is for.</param>
    /// <param name="options">Dropout.</param>
    /// <param name="device">Where it runs.</param>
    /// <param name="precision">In which numbers matrices are multiplied.</param>
    public TorchPass(TrainingBatch batch, ForwardOptions forward, TrainableOptions options, Device device, ProductPrecision precision)
    {
        (Batch, Device, _forward, _options, _precision) = (batch, device, forward, options, precision);
        _dropout = new TorchDropout(forward, device);
        _mappings = [];
        Places = new TokenPlaces(batch, device);
        foreach (Tensor indices in Places.Indices)
        {
            Keep(indices);
        }
    }

    private TorchPass(TorchPass whole, bool isRepeated)
    {
        (Batch, Device, _forward, _options, _precision) = (whole.Batch, whole.Device, whole._forward, whole._options, whole._precision);
        _dropout = new TorchDropout(whole._forward, whole.Device);
        (_mappings, Places, IsRepeated) = (whole._mappings, whole.Places, isRepeated);
    }

    public TrainingBatch Batch { get; }

    public Device Device { get; }

    public ForwardPurpose Purpose => _forward.Purpose;

    /// <summary>Gets whether weights and activations are quantized, where the model says so.</summary>
    public bool IsQuantized => Purpose != ForwardPurpose.Calibrate;

    /// <summary>Gets whether this computes once more what was computed before, of which ranges have seen everything.</summary>
    public bool IsRepeated { get; }

    /// <summary>Gets the rows of a whole batch, of which this pass may have a part.</summary>
    /// <param name="rows">Rows of this pass: tokens, sequences, or tokens that a head computes outputs for.</param>
    public long WholeRows(long rows)
    {
        BatchCounts whole = _forward.Part.Whole;
        return whole.Sequences == 0 ? rows
            : rows == Batch.TokenCount ? whole.Tokens
            : rows == Batch.HeadTokens?.Length ? whole.HeadTokens
            : whole.Sequences;
    }

    /// <summary>Gets the attention scores of a whole batch.</summary>
    /// <param name="heads">Heads.</param>
    public long WholeScores(int heads) => heads * (_forward.Part.Whole.Sequences == 0 ? Places.ScoreCount(1) : _forward.Part.Whole.TokenPairs);

    /// <summary>Gets where tokens stand among padding.</summary>
    public TokenPlaces Places { get; }

    /// <summary>Gets the parameters that the pass used.</summary>
    public List<GraphLeaf> Leaves { get; } = [];

    /// <summary>Begins a pass of its own for a part of the model, whose graph and weights end with it.</summary>
    /// <param name="isRepeated">Whether it is computed once more.</param>
    public TorchPass Part(bool isRepeated) => new(this, isRepeated);

    /// <summary>Begins a layer or the head: what is dropped in it depends on nothing before it.</summary>
    /// <param name="place">Which, from 1.</param>
    public void BeginPart(int place) => _dropout.Begin(place);

    /// <summary>Gets the mapping of a range to codes, the same for a layer that is computed once more: some ranges move when they have been used.</summary>
    /// <param name="range">The range.</param>
    /// <param name="use">Which use.</param>
    public ActivationParameters Mapping(SiteRange range, int use)
    {
        if (!_mappings.TryGetValue((range, use), out ActivationParameters mapping))
        {
            mapping = range.Mapping(use);
            _mappings.Add((range, use), mapping);
        }

        return mapping;
    }

    /// <summary>Drops hidden values.</summary>
    /// <param name="values">The values.</param>
    public Tensor DropHidden(Tensor values) => Purpose == ForwardPurpose.Train ? _dropout.Drop(values, _options.HiddenDropout) : values;

    /// <summary>Drops attention probabilities.</summary>
    /// <param name="values">The probabilities.</param>
    public Tensor DropAttention(Tensor values) => Purpose == ForwardPurpose.Train ? _dropout.Drop(values, _options.AttentionDropout) : values;

    /// <summary>Multiplies matrices.</summary>
    /// <param name="left">Rows, of one matrix or of many.</param>
    /// <param name="right">Columns, of as many.</param>
    /// <returns>The products, of which no gradient needs the values.</returns>
    public Tensor Multiply(Tensor left, Tensor right)
    {
        if (_precision == ProductPrecision.Float32)
        {
            return left.matmul(right);
        }

        using DisposeScope scope = NewDisposeScope();
        return scope.MoveToOuter(left.to(ScalarType.BFloat16).matmul(right.to(ScalarType.BFloat16)).to(ScalarType.Float32));
    }

    /// <summary>Computes <c>x W^T + b</c>.</summary>
    /// <param name="x">The inputs, a row each.</param>
    /// <param name="weight">The matrix, a row per output.</param>
    /// <param name="bias">One summand per output.</param>
    public Tensor Map(Tensor x, Tensor weight, Tensor bias) =>
        _precision == ProductPrecision.Float32 ? nn.functional.linear(x, weight, bias) : Multiply(x, weight.t()).add_(bias);

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
