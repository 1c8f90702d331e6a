using QuantGen.Training.Data;

namespace QuantGen.Training.PostTraining;

/// <summary>The texts that steps and static ranges are found with, and what runs models on them.</summary>
public sealed record CalibrationTexts
{
    /// <summary>Gets texts like those the model will see; labels are not used.</summary>
    public required TsvDataset Data { get; init; }

    /// <summary>Gets what messages call the data.</summary>
    public required string File { get; init; }

    /// <summary>Gets how many rows, which ones, and how long.</summary>
    public required CalibrationOptions Options { get; init; }

    /// <summary>Gets what makes models run.</summary>
    public required IModelLoader Loader { get; init; }
}
