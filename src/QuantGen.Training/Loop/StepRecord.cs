using QuantGen.Training.Losses;

namespace QuantGen.Training.Loop;

/// <summary>One step, for those who watch.</summary>
/// <param name="Step">The step, counted from 1.</param>
/// <param name="Epoch">The epoch, counted from 1.</param>
/// <param name="Loss">The loss of the step's batch.</param>
/// <param name="LearningRate">Learning rate of weights.</param>
/// <param name="GradientNorm">Norm of all gradients before clipping; NaN when the loss was not finite.</param>
/// <param name="IsSkipped">Whether loss or gradients were not finite, so that nothing changed.</param>
/// <param name="Tokens">Tokens of the batch.</param>
/// <param name="Seconds">How long it took.</param>
public readonly record struct StepRecord(
    long Step, int Epoch, LossParts Loss, double LearningRate, double GradientNorm, bool IsSkipped, int Tokens, double Seconds);
