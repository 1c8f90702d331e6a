namespace QuantGen.Experiments;

/// <summary>What a model is worth on the test file.</summary>
/// <param name="Value">The task's metric.</param>
/// <param name="Agreement">Share of rows with the teacher's prediction.</param>
/// <param name="Divergence">Mean KL divergence to the teacher.</param>
/// <param name="HiddenSignalToNoiseDb">The last hidden states' signal-to-noise ratio.</param>
internal sealed record Measures(double Value, double Agreement, double Divergence, double HiddenSignalToNoiseDb);
