namespace QuantGen.Training.Boosting;

/// <summary>A member of an ensemble that has learnt.</summary>
/// <param name="Values">The values of all parameters, in the model's order.</param>
/// <param name="Wrong">Which examples it gets wrong.</param>
/// <param name="Error">The weights of those, of all examples 1.</param>
/// <param name="Vote">What its vote weighs.</param>
public sealed record EnsembleMember(float[][] Values, bool[] Wrong, double Error, double Vote);
