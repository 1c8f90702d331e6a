namespace QuantGen.Trainable.Kernels;

/// <summary>A learned clipping threshold.</summary>
/// <param name="Alpha">The threshold, above 0.</param>
/// <param name="Levels">Levels above zero.</param>
/// <param name="IsSigned">Whether as many are below.</param>
internal readonly record struct LearnedThreshold(float Alpha, int Levels, bool IsSigned);
