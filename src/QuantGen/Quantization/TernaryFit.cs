namespace QuantGen.Quantization;

/// <summary>A scale for values of -1, 0 and 1, and where they begin: sgn(w) where |w| is above the threshold, else 0.</summary>
/// <param name="Threshold">The magnitude up to which values become 0.</param>
/// <param name="Scale">What a code of 1 stands for.</param>
internal readonly record struct TernaryFit(float Threshold, float Scale);
