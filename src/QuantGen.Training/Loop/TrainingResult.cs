using QuantGen.Training.Evaluation;

namespace QuantGen.Training.Loop;

/// <summary>What a training came to. The model's parameters are those of the best epoch.</summary>
/// <param name="Steps">Steps done.</param>
/// <param name="SkippedSteps">Steps whose loss or gradients were not finite.</param>
/// <param name="Best">The best epoch's score; null without an evaluator.</param>
/// <param name="BestEpoch">The best epoch, counted from 1; the last one without an evaluator.</param>
/// <param name="Epochs">All epochs.</param>
/// <param name="Curve">Losses over the whole training.</param>
public sealed record TrainingResult(
    long Steps, long SkippedSteps, ModelScore? Best, int BestEpoch, IReadOnlyList<EpochRecord> Epochs, IReadOnlyList<CurvePoint> Curve);
