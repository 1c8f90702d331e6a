using QuantGen.Training.Losses;

namespace QuantGen.Training.Loop;

/// <summary>The mean loss of a stretch of steps.</summary>
/// <param name="Step">The last step of the stretch, counted from 1.</param>
/// <param name="Loss">Mean loss of the stretch.</param>
/// <param name="LearningRate">Learning rate of weights at its last step.</param>
public sealed record CurvePoint(long Step, LossParts Loss, double LearningRate);
