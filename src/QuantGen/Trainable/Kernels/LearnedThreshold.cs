namespace QuantGen.Trainable.Kernels;

/// <summary>A learned clipping threshold.</summary>
/// <param name="Alpha">The threshold, above 0.</param>
/// <param name="Levels">Levels above zero.</param>
/// <param name="IsSigned">Whether as many are below.</param>
internal readonly record struct LearnedThreshold(float Alpha, int Levels, bool IsSigned)
{
    /// <summary>Gets the end of the range below zero, in units of the threshold. Default: -1, or 0 without levels below.</summary>
    public float Lowest { get; init; } = IsSigned ? -1f : 0f;

    /// <summary>Gets the end of the range above zero, in units of the threshold. Default 1.</summary>
    public float Highest { get; init; } = 1f;
}
