namespace QuantGen.Training.PostTraining.Landscapes;

/// <summary>Losses along a line through a model's weights.</summary>
/// <param name="Name">Which line.</param>
/// <param name="Percents">The places on it; ascending.</param>
/// <param name="Losses">The losses there, by the name of the model that moves.</param>
public sealed record LossSlice(string Name, IReadOnlyList<long> Percents, IReadOnlyList<(string Model, IReadOnlyList<double> Values)> Losses);
