namespace QuantGen.Training.Data;

/// <summary>One row of a <see cref="TsvDataset"/>.</summary>
/// <param name="Text">The sentence, or the first of a pair.</param>
/// <param name="Pair">The second sentence of a pair; null without pairs.</param>
/// <param name="Label">The label as it is written; null without labels.</param>
/// <param name="LabelValue">The label as a number; NaN without labels, and where they are words.</param>
public readonly record struct TsvRow(string Text, string? Pair, string? Label, double LabelValue)
{
    /// <summary>Gets the text of a triplet that does not belong to the first; null without triplets.</summary>
    public string? Negative { get; init; }

    /// <summary>Gets the labels of a row that may have any number of them; null where it has one.</summary>
    public IReadOnlyList<string>? Labels { get; init; }
}
