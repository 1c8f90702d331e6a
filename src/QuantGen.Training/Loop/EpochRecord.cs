using QuantGen.Training.Evaluation;
using QuantGen.Training.Losses;

namespace QuantGen.Training.Loop;

/// <summary>How an epoch went.</summary>
/// <param name="Epoch">The epoch, counted from 1.</param>
/// <param name="Step">Steps done since the beginning.</param>
/// <param name="Loss">Mean loss of the epoch's steps, those that were skipped left out.</param>
/// <param name="Score">What the model is worth after it; null without an evaluator.</param>
/// <param name="IsBest">Whether no epoch before was as good.</param>
public sealed record EpochRecord(int Epoch, long Step, LossParts Loss, ModelScore? Score, bool IsBest);
