namespace QuantGen.Training.PostTraining;

/// <summary>A curve that a step went along.</summary>
/// <param name="Name">What is shown over what.</param>
/// <param name="Points">The points, from left to right.</param>
public sealed record FoundCurve(string Name, IReadOnlyList<(long X, double Y)> Points);
