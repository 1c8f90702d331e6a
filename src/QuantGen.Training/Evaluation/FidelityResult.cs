namespace QuantGen.Training.Evaluation;

/// <summary>How closely a student follows its teacher.</summary>
/// <param name="Agreement">The share of rows whose likeliest output is the teacher's, from 0 to 1.</param>
/// <param name="Divergence">The mean of KL(teacher || student) over rows, in nats.</param>
/// <param name="HiddenSignalToNoiseDb">The last hidden states' signal-to-noise ratio over all tokens, 10 log10(sum t^2 / sum (t - s)^2), in decibels.</param>
/// <param name="Rows">The rows that were compared.</param>
public sealed record FidelityResult(double Agreement, double Divergence, double HiddenSignalToNoiseDb, long Rows);
