using QuantGen.Specs;

namespace QuantGen.Training.PostTraining;

/// <summary>Which texts calibrate a model and how ranges are found from them.</summary>
public sealed record CalibrationOptions
{
    /// <summary>Gets how many rows are drawn; all, when there are fewer. Default 256.</summary>
    public int Samples { get; init; } = 256;

    /// <summary>Gets the seed by which rows are drawn. Default 42.</summary>
    public int Seed { get; init; } = 42;

    /// <summary>Gets how the model's codes are found: its clipping finds ranges from the values seen, its schemes say which ranges are symmetric.</summary>
    public Recipe Recipe { get; init; } = new();

    /// <summary>
    /// Gets the tokens, special ones included, to which longer texts are truncated; null, the default, makes a text that is too long an error.
    /// </summary>
    public int? MaxLength { get; init; }

    /// <summary>Gets the most tokens that are computed together. Default 4096.</summary>
    public int BatchTokens { get; init; } = 4096;

    /// <summary>Gets who is told how many of the rows are done, from 0 to 1. Default nobody.</summary>
    public IProgress<double>? Progress { get; init; }
}
