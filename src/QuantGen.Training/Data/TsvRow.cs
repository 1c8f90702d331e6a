namespace QuantGen.Training.Data;

/// <summary>One row of a <see cref="TsvDataset"/>.</summary>
/// <param name="Text">The sentence, or the first of a pair.</param>
/// <param name="Pair">The second sentence of a pair; null without pairs.</param>
/// <param name="Label">The label as it is written; null without labels.</param>
/// <param name="LabelValue">The label as a number; NaN without labels.</param>
public readonly record struct TsvRow(string Text, string? Pair, string? Label, double LabelValue);
