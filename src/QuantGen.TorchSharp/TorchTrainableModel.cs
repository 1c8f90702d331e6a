using QuantGen.Specs;
using QuantGen.Trainable;
using global::TorchSharp;
using static global::TorchSharp.torch;

namespace QuantGen.TorchSharp;

/// <summary>Trains any model on libtorch: the forward pass is written down once, the backward pass is automatic differentiation.</summary>
/// <remarks>
/// Parameters live on the host; a pass copies what it uses to the device, and a backward pass adds the gradients to those on the host. An
/// evaluation records nothing; a backward pass that follows one runs it again. Where the graph would be large, layers come and go one by one, and are computed
/// again for their gradients (<see cref="RecomputedNetwork"/>). Gradients of quantizers come from straight-through estimators.
/// </remarks>
public sealed class TorchTrainableModel : ITrainableModel
{
    private readonly TrainableOptions _options;
    private readonly Device _device;
    private readonly ProductPrecision _precision;
    private readonly TorchParts _parts;
    private readonly TorchNetwork _network;
    private readonly RecomputedNetwork _recomputed;
    private (TrainingBatch Batch, ForwardOptions Options)? _last;
    private TorchPass? _pass;
    private TorchTrace? _trace;
    private bool _isRecomputed;
    private bool _isDisposed;

    /// <summary>Creates a model whose parameters are zeros until the caller fills them.</summary>
    /// <param name="spec">The model.</param>
    /// <param name="options">Threads, dropout, quantizers, and what the graph of all layers may take.</param>
    /// <param name="device"><c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>.</param>
    /// <param name="precision">In which numbers matrices are multiplied. Parameters, gradients, quantizers, norms and softmax are floats of 32 bits.</param>
    /// <exception cref="ArgumentException">The model cannot be trained, or there is no such device, or none with such products.</exception>
    /// <exception cref="PlatformNotSupportedException">The system's C++ library is too old for libtorch.</exception>
    public TorchTrainableModel(
        ModelSpec spec, TrainableOptions options, string device = "cpu", ProductPrecision precision = ProductPrecision.Float32)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(options);
        var issues = new List<SpecIssue>();
        if (spec.Matrices.FirstOrDefault(m => m.HasIntegerProduct && m.Segments()[0].Bits == 1) is MatrixSpec binary)
        {
            throw new ArgumentException($"Weights of one bit (matrix '{binary.Name}') are trained by generated code only.", nameof(spec));
        }

        if (spec.EmbeddingBits == 1 && !spec.HasEmbeddingCodebook)
        {
            throw new ArgumentException("Word embeddings of one bit are trained by generated code only.", nameof(spec));
        }

        if (spec.HasQuantizedPositions)
        {
            throw new ArgumentException("Embeddings of positions in codes are trained by generated code only.", nameof(spec));
        }

        if (spec.Attention != AttentionKind.Softmax)
        {
            throw new ArgumentException("Attention without a softmax is trained by generated code only.", nameof(spec));
        }

        TrainingRules.Check([.. spec.Matrices], spec.HasResidualFactors, issues);
        if (issues.Count > 0)
        {
            throw new ArgumentException(issues[0].Message, nameof(spec));
        }

        _options = options;
        _device = TorchDevice.Find(device);
        _precision = precision;
        TorchDevice.Require(_device, device, precision);
        _parts = new TorchParts(spec, options, _device);
        _network = new TorchNetwork(_parts);
        _recomputed = new RecomputedNetwork(_parts, _network);
        Trace = new TrainingTrace(spec);
        TraceGradients = new TrainingTrace(spec);
    }

    /// <inheritdoc/>
    public ModelSpec Spec => _parts.Spec;

    /// <inheritdoc/>
    public IReadOnlyList<Parameter> Parameters => _parts.Parameters;

    /// <inheritdoc/>
    public TrainingTrace Trace { get; }

    /// <inheritdoc/>
    public TrainingTrace TraceGradients { get; }

    /// <inheritdoc/>
    public long ActivationBytes(int tokens, int longest) =>
        TorchMemory.Bytes(Spec, _options, Parameters.Any(parameter => !parameter.IsFrozen), tokens, longest);

    /// <inheritdoc/>
    public void InitializeWeightQuantizers() => _parts.InitializeWeights();

    /// <inheritdoc/>
    public void Forward(TrainingBatch batch, ForwardOptions options)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        ArgumentNullException.ThrowIfNull(batch);
        BatchChecks.Check(batch, Spec);
        Forget();
        _last = null;
        Trace.Resize(batch);
        TraceGradients.Resize(batch);
        if (options.Part.IsFirst)
        {
            _parts.BeginRanges();
        }

        Run(batch, options, isRecorded: options.Purpose == ForwardPurpose.Train);
        if (options.Part.IsLast(batch.SequenceCount))
        {
            _parts.MoveRanges();
        }

        _last = options.Purpose == ForwardPurpose.Calibrate ? null : (batch, options);
    }

    /// <inheritdoc/>
    public void Backward()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_last is not { } last)
        {
            throw new InvalidOperationException("A backward pass follows a forward pass that trains or evaluates.");
        }

        if (_trace is null)
        {
            Run(last.Batch, last.Options, isRecorded: true);
        }

        using (DisposeScope scope = NewDisposeScope())
        {
            if (_isRecomputed)
            {
                _recomputed.Backward(_pass!, _trace!, TraceGradients);
            }
            else
            {
                _trace!.Backward(_pass!, TraceGradients);
            }
        }

        // The graph is gone with its gradients. What an evaluation computes can be computed again.
        Forget();
        _last = last.Options.Purpose == ForwardPurpose.Evaluate ? last : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            Forget();
        }
    }

    private void Run(TrainingBatch batch, ForwardOptions options, bool isRecorded)
    {
        if (_options.Threads > 0)
        {
            set_num_threads(_options.Threads);
        }

        using DisposeScope scope = NewDisposeScope();
        using IDisposable mode = isRecorded ? enable_grad() : no_grad();
        var pass = new TorchPass(batch, options, _options, _device, _precision);
        try
        {
            _isRecomputed = TorchMemory.Layers(Spec, _options, batch.TokenCount, batch.Longest) > _options.ActivationBudget;
            TorchTrace trace = _isRecomputed ? _recomputed.Forward(pass, Trace) : _network.Forward(pass);
            trace.CopyTo(pass, Trace);
            if (isRecorded)
            {
                trace.Keep(pass);
                (_pass, _trace) = (pass, trace);
            }
        }
        finally
        {
            if (_pass != pass)
            {
                pass.Dispose();
            }
        }
    }

    private void Forget()
    {
        _pass?.Dispose();
        (_pass, _trace) = (null, null);
    }
}
