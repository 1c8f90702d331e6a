namespace QuantGen.Training.Boosting;

/// <summary>A member of an ensemble that has learnt.</summary>
/// <param name="Values">The values of all parameters, in the model's order.</param>
/// <param name="Losses">How wrong it is about each example, 0 to 1.</param>
/// <param name="Error">Their mean by the weights of examples.</param>
/// <param name="Vote">What its vote weighs.</param>
public sealed record EnsembleMember(float[][] Values, float[] Losses, double Error, double Vote);
