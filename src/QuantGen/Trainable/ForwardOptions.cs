namespace QuantGen.Trainable;

/// <summary>How a training model's forward pass runs.</summary>
/// <param name="Purpose">Train, evaluate or calibrate.</param>
/// <param name="Seed">The seed of dropout.</param>
/// <param name="Step">The number of the optimizer's step: dropout depends on the seed, the step, the place and the element only, so not on threads.</param>
/// <param name="Part">Where the batch stands in that of a step which is run in parts; the default where it is the whole one.</param>
public readonly record struct ForwardOptions(ForwardPurpose Purpose, ulong Seed = 0, long Step = 0, BatchPart Part = default);
