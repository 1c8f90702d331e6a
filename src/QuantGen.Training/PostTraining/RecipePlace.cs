namespace QuantGen.Training.PostTraining;

/// <summary>How far a recipe is.</summary>
/// <param name="Steps">Steps that have run.</param>
/// <param name="Parts">Parts of the next step that are done.</param>
internal readonly record struct RecipePlace(int Steps, int Parts);
