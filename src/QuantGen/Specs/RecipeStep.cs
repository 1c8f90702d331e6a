using QuantGen.Graph;

namespace QuantGen.Specs;

/// <summary>One step of a quantization after training, with the settings that differ from its defaults. Compared by value.</summary>
/// <param name="Name">The name of the step.</param>
/// <param name="Settings">Its settings, in the order they were given.</param>
public sealed record RecipeStep(string Name, EquatableArray<StepSetting> Settings);
