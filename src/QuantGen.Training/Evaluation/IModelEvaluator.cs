using QuantGen.Trainable;

namespace QuantGen.Training.Evaluation;

/// <summary>Measures a model while it is trained.</summary>
public interface IModelEvaluator
{
    /// <summary>Gets the most tokens of a batch, and the longest sequence of all.</summary>
    (int Tokens, int Longest) Largest { get; }

    /// <summary>Computes all examples as inference would.</summary>
    /// <param name="model">The model.</param>
    /// <param name="cancellation">Stops the work between two batches.</param>
    ModelScore Evaluate(ITrainableModel model, CancellationToken cancellation);
}
