using QuantGen.Execution;
using QuantGen.Packed;

namespace QuantGen.Training.PostTraining;

/// <summary>Makes packed models run, for steps that look at activations or outputs.</summary>
public interface IModelLoader
{
    /// <summary>Loads a model and disposes of the packed form.</summary>
    /// <param name="model">Any model of the checkpoint's dimensions: in full precision, or the one that is made.</param>
    /// <param name="cancellation">Stops the work.</param>
    InferenceSession Load(PackedModel model, CancellationToken cancellation);
}
