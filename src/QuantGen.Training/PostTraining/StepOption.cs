namespace QuantGen.Training.PostTraining;

/// <summary>A number that a step may be told.</summary>
/// <param name="Name">Its key.</param>
/// <param name="Default">What it is when the recipe is silent.</param>
/// <param name="Least">The least legal value.</param>
/// <param name="Most">The largest legal value.</param>
/// <param name="IsWhole">Whether it must be a whole number.</param>
internal sealed record StepOption(string Name, double Default, double Least, double Most, bool IsWhole = false);
