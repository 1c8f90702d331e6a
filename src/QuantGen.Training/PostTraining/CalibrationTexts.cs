using QuantGen.Training.Data;

namespace QuantGen.Training.PostTraining;

/// <summary>The texts that steps and static ranges are found with, and what runs models on them.</summary>
public sealed record CalibrationTexts
{
    /// <summary>
    /// Gets texts like those the model will see; null where the recipe's first step makes texts itself. Labels are not used, but by the step hessian.
    /// </summary>
    public required TsvDataset? Data { get; init; }

    /// <summary>Gets what messages call the data.</summary>
    public required string File { get; init; }

    /// <summary>Gets how many rows, which ones, and how long.</summary>
    public required CalibrationOptions Options { get; init; }

    /// <summary>Gets what makes models run.</summary>
    public required IModelLoader Loader { get; init; }
}
