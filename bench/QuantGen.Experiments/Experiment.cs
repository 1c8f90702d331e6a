namespace QuantGen.Experiments;

/// <summary>One run of <c>quantgen distill</c>, which is one cell of a table.</summary>
/// <param name="Row">The row it belongs to.</param>
/// <param name="Seed">The column it belongs to.</param>
/// <param name="Task">Checkpoint and data.</param>
/// <param name="Options">What makes this row different, as the command line says it.</param>
internal sealed record Experiment(string Row, int Seed, LearningTask Task, IReadOnlyList<string> Options)
{
    /// <summary>Gets what tells it from every other, so that a later run finds its result.</summary>
    public string Key => string.Join(' ', [Task.Name, .. Options, "--seed", Seed.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
}
