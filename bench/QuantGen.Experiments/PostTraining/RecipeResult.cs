namespace QuantGen.Experiments.PostTraining;

/// <summary>What one seed of a row came to.</summary>
/// <param name="Key">The row's key.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Metric">The metric's name.</param>
/// <param name="Full">The value of the checkpoint in full precision.</param>
/// <param name="Value">The value.</param>
/// <param name="Divergence">The mean KL divergence from the checkpoint's answers; null where answers are no classes.</param>
/// <param name="Seconds">Processor seconds of <c>quantize</c>, of all threads; null where they were not measured.</param>
internal sealed record RecipeResult(string Key, int Seed, string Metric, double Full, double Value, double? Divergence, double? Seconds);
