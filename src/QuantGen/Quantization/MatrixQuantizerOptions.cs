namespace QuantGen.Quantization;

/// <summary>Says how <see cref="MatrixQuantizer"/> quantizes a matrix.</summary>
internal sealed record MatrixQuantizerOptions
{
    /// <summary>Gets the width of a code, 1 to 8. Default 8. At 1 bit the codes are signs and <see cref="Clipping"/> has no effect.</summary>
    public int Bits { get; init; } = 8;

    /// <summary>Gets the widths of the row groups, one per group, for mixed precision; replaces <see cref="Bits"/>. Default none.</summary>
    public IReadOnlyList<int>? GroupBits { get; init; }

    /// <summary>Gets how many groups of consecutive rows share a scale each; divides the rows. Default 1.</summary>
    public int GroupCount { get; init; } = 1;

    /// <summary>Gets how many elements along a row share a scale; excludes a group count above 1. Default 0, whole rows.</summary>
    public int GroupSize { get; init; }

    /// <summary>Gets the mapping; 1-bit codes are symmetric only. Default symmetric.</summary>
    public Mapping Mapping { get; init; } = Mapping.Symmetric;

    /// <summary>Gets how ranges are chosen. Default min-max.</summary>
    public Clipping Clipping { get; init; } = Clipping.MinMax;

    /// <summary>Gets how the range of each group of rows is found, one for each; null when <see cref="Clipping"/> holds for all.</summary>
    public IReadOnlyList<Clipping>? GroupClipping { get; init; }

    /// <summary>Gets the share of values, in percent, that <see cref="Clipping.Percentile"/> keeps inside the range. Default 99.9.</summary>
    public double Percentile { get; init; } = RangeEstimator.DefaultPercentile;
}
