using System.IO.Hashing;
using System.Runtime.InteropServices;
using QuantGen.Execution;
using QuantGen.Packed;
using QuantGen.Specs;
using QuantGen.Trainable;
using QuantGen.Training.Packing;
using QuantGen.Training.PostTraining;

namespace QuantGen.Cli.Runs;

/// <summary>
/// A student of integers (I-BERT), or one that rounds every operation (FullyQT): outputs, in training and in every measure, are those of the packed model
/// itself, bit for bit, and gradients are passed straight through them to a model that rounds weights and inputs of linear layers and computes with floats
/// in between.
/// </summary>
/// <remarks>Hidden states and scores that a loss looks at are that model's, but for the last hidden states where these are the result.</remarks>
/// <param name="model">The model whose gradients are taken; it belongs to this.</param>
/// <param name="spec">The same model as it is packed.</param>
/// <param name="options">How <paramref name="model"/> is computed.</param>
/// <param name="complete">Adds to a packed model what training does not change: vocabulary, labels and so on.</param>
/// <param name="loader">Makes packed models run.</param>
internal sealed class ExecutedStudent(
    ITrainableModel model, ModelSpec spec, TrainableOptions options, Action<PackedModelBuilder> complete, IModelLoader loader) : ITrainableModel
{
    // Integers have the ranges of the model whose gradients are taken.
    private readonly RunningRanges? _ranges = spec.IsRounded ? new RunningRanges(spec) : null;
    private IReadOnlyList<Parameter>? _parameters;
    private InferenceSession? _session;
    private UInt128 _sessionHash;

    /// <inheritdoc/>
    public ModelSpec Spec => model.Spec;

    /// <inheritdoc/>
    public IReadOnlyList<Parameter> Parameters => _parameters ??= [.. model.Parameters, .. _ranges?.Parameters ?? []];

    /// <inheritdoc/>
    public TrainingTrace Trace => model.Trace;

    /// <inheritdoc/>
    public TrainingTrace TraceGradients => model.TraceGradients;

    /// <inheritdoc/>
    public bool SumsPartsExactly => model.SumsPartsExactly && _ranges is null;

    /// <inheritdoc/>
    public long QuantizerBytes => model.QuantizerBytes;

    /// <inheritdoc/>
    public long ActivationBytes(int tokens, int longest) => model.ActivationBytes(tokens, longest);

    /// <inheritdoc/>
    public void InitializeWeightQuantizers() => model.InitializeWeightQuantizers();

    /// <summary>Packs the parameters as they are; what training does not change is left to be added.</summary>
    public PackedModelBuilder Pack()
    {
        PackedModelBuilder builder = TrainedModelPacker.Pack(model, options, spec);
        _ranges?.AddTo(builder);
        return builder;
    }

    /// <inheritdoc/>
    public void Forward(TrainingBatch batch, ForwardOptions options)
    {
        model.Forward(batch, options);
        if (options.Purpose == ForwardPurpose.Calibrate)
        {
            Begin(batch);
            return;
        }

        InferenceSession session = Current();
        if (spec.HasOutputLayer)
        {
            session.Run(batch.Ids, batch.Types, batch.Lengths(), Trace.Logits.AsSpan(0, Trace.LogitCount));
        }
        else
        {
            session.RunHidden(batch.Ids, batch.Types, batch.Lengths(), Trace.Hidden[^1].AsSpan(0, Trace.HiddenCount));
        }

        // A batch is rounded by the ranges of those before it, so that each step needs one packed model.
        if (options.Purpose == ForwardPurpose.Train)
        {
            _ranges?.Follow(session, batch);
        }
    }

    /// <inheritdoc/>
    public void Backward() => model.Backward();

    /// <inheritdoc/>
    public void Dispose()
    {
        _session?.Dispose();
        model.Dispose();
    }

    // The first batch's ranges are taken as they are, from the model in floats.
    private void Begin(TrainingBatch batch)
    {
        if (_ranges is not null)
        {
            using InferenceSession floats = Load(TrainedModelPacker.Pack(model, options, _ranges.Shown));
            _ranges.Follow(floats, batch);
        }
    }

    // An optimizer, a checkpoint that is read and the best epoch all change parameters, and say nothing.
    private InferenceSession Current()
    {
        var hash = new XxHash128();
        foreach (Parameter parameter in Parameters)
        {
            hash.Append(MemoryMarshal.AsBytes(parameter.Values.AsSpan()));
        }

        UInt128 current = hash.GetCurrentHashAsUInt128();
        if (_session is null || current != _sessionHash)
        {
            _session?.Dispose();
            _session = Load(Pack());
            _sessionHash = current;
        }

        return _session;
    }

    private InferenceSession Load(PackedModelBuilder builder)
    {
        complete(builder);
        return loader.Load(builder.Build("student"), CancellationToken.None);
    }
}
