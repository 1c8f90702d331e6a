namespace QuantGen.Training.PostTraining.Steps;

/// <summary>The steps there are: a row each.</summary>
internal static class StepTable
{
    /// <summary>Gets all steps.</summary>
    public static IReadOnlyList<StepTraits> All { get; } =
    [
        new("min-max", StepKind.Ranges, NeedsTexts: false, [], _ => new RangeStep(Clipping.MinMax)),
        new("percentile", StepKind.Ranges, NeedsTexts: false, [], _ => new RangeStep(Clipping.Percentile)),
        new("mse", StepKind.Ranges, NeedsTexts: false, [], _ => new RangeStep(Clipping.Mse)),
    ];

    /// <summary>Finds a step by its name; null when there is none.</summary>
    public static StepTraits? Find(string name) => All.FirstOrDefault(row => row.Name == name);
}
