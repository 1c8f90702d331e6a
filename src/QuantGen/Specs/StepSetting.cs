namespace QuantGen.Specs;

/// <summary>One setting of a recipe's step: a number or a word. Compared by value.</summary>
/// <param name="Name">Its key.</param>
/// <param name="Number">The number; 0 where the setting is a word.</param>
/// <param name="Word">The word; null where the setting is a number.</param>
public sealed record StepSetting(string Name, double Number, string? Word);
