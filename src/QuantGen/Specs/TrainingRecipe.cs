namespace QuantGen.Specs;

/// <summary>The training that made a model's weights. Compared by value.</summary>
/// <param name="Data">The name of the file or folder.</param>
/// <param name="Loss">What was learnt, such as <c>kd+gt</c>.</param>
/// <param name="Steps">Steps of the optimizer.</param>
/// <param name="Seed">The seed of order, dropout and first centroids.</param>
public sealed record TrainingRecipe(string Data, string Loss, long Steps, ulong Seed);
