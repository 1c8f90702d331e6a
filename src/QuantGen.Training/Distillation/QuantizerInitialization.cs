using QuantGen.Trainable;
using QuantGen.Training.Batching;

namespace QuantGen.Training.Distillation;

/// <summary>Sets a student's quantizers from its weights and from one batch of training data.</summary>
public static class QuantizerInitialization
{
    // 32 texts of 128 tokens. A step's batch may be run in parts because it does not fit whole, and thresholds are not to depend on the parts.
    private const int MostTokens = 4096;

    /// <summary>
    /// Sets thresholds and codebooks of weights, and thresholds of activations from the first batch of the first epoch: from its first examples, up to 4,096
    /// tokens.
    /// </summary>
    /// <param name="student">The student, whose weights are set.</param>
    /// <param name="source">What it will learn from.</param>
    public static void Run(ITrainableModel student, BatchSource source)
    {
        ArgumentNullException.ThrowIfNull(student);
        ArgumentNullException.ThrowIfNull(source);
        student.InitializeWeightQuantizers();
        student.Forward(source.Make(source.Within(source.Plan(0)[0], MostTokens), 0).Inputs, new ForwardOptions(ForwardPurpose.Calibrate));
    }
}
