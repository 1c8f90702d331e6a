namespace QuantGen.Experiments.Studies;

/// <summary>How long and how fast the students of a task learn, as options of <c>quantgen distill</c>.</summary>
/// <param name="Epochs">How often all rows are seen.</param>
/// <param name="MaxSteps">After how many steps training ends; null for no limit.</param>
/// <param name="Rates">Learning rate and dropout.</param>
/// <remarks>The order of the options is part of the key under which results are kept: another order would run everything again.</remarks>
internal sealed record Recipe(string Epochs, string? MaxSteps, params string[] Rates)
{
    /// <summary>Joins what makes a row different and this recipe.</summary>
    public string[] After(string[] options) => [.. options, "--epochs", Epochs, .. Limit(MaxSteps), .. Rates];

    /// <summary>Joins this recipe, with another limit, and what makes a row different.</summary>
    public string[] Before(string[] options, string maxSteps) => ["--epochs", Epochs, .. Rates, .. options, .. Limit(maxSteps)];

    private static string[] Limit(string? steps) => steps is null ? [] : ["--max-steps", steps];
}
