namespace QuantGen.Training.PostTraining;

/// <summary>What a step of a recipe did.</summary>
/// <param name="Name">The step.</param>
/// <param name="Seconds">How long it ran.</param>
/// <param name="SqnrDb">
/// Signal to quantization noise ratio of every matrix that has evenly spaced codes, after the step, in dB, by the matrix's name: what rounding leaves of the
/// weights that were to be rounded. A step that looks at outputs may lower it.
/// </param>
public sealed record StepReport(string Name, double Seconds, IReadOnlyDictionary<string, double> SqnrDb);
