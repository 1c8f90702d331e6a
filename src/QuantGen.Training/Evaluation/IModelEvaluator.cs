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

    /// <summary>Computes how closely a student follows its teacher on all examples.</summary>
    /// <param name="student">The student.</param>
    /// <param name="teacher">The teacher.</param>
    /// <param name="cancellation">Stops the work between two batches.</param>
    FidelityResult Compare(ITrainableModel student, ITrainableModel teacher, CancellationToken cancellation);
}
