namespace QuantGen.Training.Optimization;

/// <summary>What became of a step.</summary>
/// <param name="GradientNorm">The norm of all gradients before clipping.</param>
/// <param name="IsSkipped">Whether a gradient was not finite, so that nothing changed.</param>
public readonly record struct StepOutcome(double GradientNorm, bool IsSkipped);
