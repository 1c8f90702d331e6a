using QuantGen.Execution;
using QuantGen.Packed;
using QuantGen.Specs;
using QuantGen.Trainable;

namespace QuantGen.Training.PostTraining;

/// <summary>Makes packed models run, for steps that look at activations or outputs.</summary>
public interface IModelLoader
{
    /// <summary>Loads a model and disposes of the packed form.</summary>
    /// <param name="model">Any model of the checkpoint's dimensions: in full precision, or the one that is made.</param>
    /// <param name="cancellation">Stops the work.</param>
    InferenceSession Load(PackedModel model, CancellationToken cancellation);

    /// <summary>Makes a model whose gradients can be computed; its parameters are to be filled.</summary>
    /// <param name="spec">The model.</param>
    /// <param name="options">Threads and dropout.</param>
    /// <param name="cancellation">Stops the work.</param>
    ITrainableModel CompileTrainable(ModelSpec spec, TrainableOptions options, CancellationToken cancellation);
}
