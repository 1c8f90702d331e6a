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
/// A student of integers (I-BERT): outputs, in training and in every measure, are those of the packed integers themselves, bit for bit, and gradients are
/// passed straight through them to a model that rounds the same numbers at the same places and computes with floats in between.
/// </summary>
/// <remarks>Hidden states and scores that a loss looks at are that model's, but for the last hidden states where these are the result.</remarks>
/// <param name="model">The model whose gradients are taken; it belongs to this.</param>
/// <param name="spec">The same model in integers.</param>
/// <param name="options">How <paramref name="model"/> is computed.</param>
/// <param name="complete">Adds to a packed model what training does not change: vocabulary, labels and so on.</param>
/// <param name="loader">Makes packed models run.</param>
internal sealed class IntegerStudent(
    ITrainableModel model, ModelSpec spec, TrainableOptions options, Action<PackedModelBuilder> complete, IModelLoader loader) : ITrainableModel
{
    private InferenceSession? _session;
    private UInt128 _sessionHash;

    /// <inheritdoc/>
    public ModelSpec Spec => model.Spec;

    /// <inheritdoc/>
    public IReadOnlyList<Parameter> Parameters => model.Parameters;

    /// <inheritdoc/>
    public TrainingTrace Trace => model.Trace;

    /// <inheritdoc/>
    public TrainingTrace TraceGradients => model.TraceGradients;

    /// <inheritdoc/>
    public long ActivationBytes(int tokens, int longest) => model.ActivationBytes(tokens, longest);

    /// <inheritdoc/>
    public void InitializeWeightQuantizers() => model.InitializeWeightQuantizers();

    /// <summary>Packs the parameters as they are; what training does not change is left to be added.</summary>
    public PackedModelBuilder Pack() => TrainedModelPacker.Pack(model, options, spec);

    /// <inheritdoc/>
    public void Forward(TrainingBatch batch, ForwardOptions options)
    {
        model.Forward(batch, options);
        if (options.Purpose == ForwardPurpose.Calibrate)
        {
            return;
        }

        InferenceSession session = Current();
        int[] lengths = [.. Enumerable.Range(0, batch.SequenceCount).Select(s => batch.Starts[s + 1] - batch.Starts[s])];
        if (spec.HasOutputLayer)
        {
            session.Run(batch.Ids, batch.Types, lengths, Trace.Logits.AsSpan(0, Trace.LogitCount));
        }
        else
        {
            session.RunHidden(batch.Ids, batch.Types, lengths, Trace.Hidden[^1].AsSpan(0, Trace.HiddenCount));
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

    // An optimizer, a checkpoint that is read and the best epoch all change parameters, and say nothing.
    private InferenceSession Current()
    {
        var hash = new XxHash128();
        foreach (Parameter parameter in model.Parameters)
        {
            hash.Append(MemoryMarshal.AsBytes(parameter.Values.AsSpan()));
        }

        UInt128 current = hash.GetCurrentHashAsUInt128();
        if (_session is null || current != _sessionHash)
        {
            _session?.Dispose();
            PackedModelBuilder builder = Pack();
            complete(builder);
            _session = loader.Load(builder.Build("student"), CancellationToken.None);
            _sessionHash = current;
        }

        return _session;
    }
}
