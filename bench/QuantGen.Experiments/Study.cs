namespace QuantGen.Experiments;

/// <summary>One table: rows are settings, columns are seeds.</summary>
/// <param name="Name">The name on the command line and of its files.</param>
/// <param name="Title">The heading.</param>
/// <param name="Question">What it is to show, in a sentence.</param>
/// <param name="Experiments">The runs, row by row.</param>
internal sealed record Study(string Name, string Title, string Question, IReadOnlyList<Experiment> Experiments)
{
    /// <summary>Gets whether the loss over the steps is the result, and is drawn.</summary>
    public bool HasCurves { get; init; }
}
