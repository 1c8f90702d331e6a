using QuantGen.Specs;

namespace QuantGen.Trainable;

/// <summary>A model that a trainer can drive: forward passes leave a trace, backward passes turn the trace's gradients into the parameters'.</summary>
/// <remarks>
/// Not thread-safe: one pass at a time. Results do not depend on the number of threads. A forward pass for <see cref="ForwardPurpose.Evaluate"/>
/// computes what the packed model computes.
/// </remarks>
public interface ITrainableModel : IDisposable
{
    /// <summary>Gets the model.</summary>
    ModelSpec Spec { get; }

    /// <summary>Gets the parameters in the order of the forward pass. Callers fill <see cref="Parameter.Values"/> before the first pass.</summary>
    IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>Gets what the last forward pass left.</summary>
    TrainingTrace Trace { get; }

    /// <summary>Gets the gradients of the loss with respect to <see cref="Trace"/>; a forward pass sizes it, the caller fills it.</summary>
    TrainingTrace TraceGradients { get; }

    /// <summary>
    /// Gets whether gradients of a batch that is run in parts (<see cref="ForwardOptions.Part"/>) have the bits of those of the whole batch. Otherwise they
    /// agree but for rounding. Default false.
    /// </summary>
    bool SumsPartsExactly => false;

    /// <summary>Gets the bytes of what quantizers of weights keep beside the parameters. Default 0.</summary>
    long QuantizerBytes => 0;

    /// <summary>Returns the bytes that activations and gradients of a batch need beside the parameters.</summary>
    /// <param name="tokens">Tokens of the batch.</param>
    /// <param name="longest">Tokens of its longest sequence.</param>
    long ActivationBytes(int tokens, int longest);

    /// <summary>Sets what weight quantizers keep beside the weights (thresholds, labels, centroids) from the present values of the weights.</summary>
    void InitializeWeightQuantizers();

    /// <summary>Runs a batch and fills <see cref="Trace"/>.</summary>
    /// <param name="batch">The sequences.</param>
    /// <param name="options">Train, evaluate or calibrate.</param>
    void Forward(TrainingBatch batch, ForwardOptions options);

    /// <summary>
    /// Adds the gradients of the last batch, run for <see cref="ForwardPurpose.Train"/> or <see cref="ForwardPurpose.Evaluate"/>, to those of the parameters;
    /// of a batch in parts all are there when its last part is done.
    /// </summary>
    void Backward();
}
