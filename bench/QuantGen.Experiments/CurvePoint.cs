namespace QuantGen.Experiments;

/// <summary>A point of a loss curve.</summary>
/// <param name="Step">The optimizer's step.</param>
/// <param name="Loss">The loss of that step's batch.</param>
internal sealed record CurvePoint(long Step, double Loss);
