using System.Text.Json.Serialization;
using QuantGen.Training.Losses;

namespace QuantGen.Training.Loop;

/// <summary>Where a training stands, beside the numbers of its parameters: all that a checkpoint must hold to continue.</summary>
internal sealed class TrainingState
{
    private const int CurvePoints = 300;

    /// <summary>Gets or sets the epoch, from 0.</summary>
    public int Epoch { get; set; }

    /// <summary>Gets or sets the next batch of the epoch.</summary>
    public int Batch { get; set; }

    public long Step { get; set; }

    public long OptimizerSteps { get; set; }

    public int SkippedInARow { get; set; }

    public long Skipped { get; set; }

    public LossParts EpochLoss { get; set; }

    public int EpochLossCount { get; set; }

    public LossParts StretchLoss { get; set; }

    public int StretchCount { get; set; }

    public bool HasBest { get; set; }

    public List<EpochRecord> Epochs { get; set; } = [];

    public List<CurvePoint> Curve { get; set; } = [];

    /// <summary>Gets or sets what the stages before came to; null for a training of one stage, or in its first.</summary>
    public TrainingResult? Earlier { get; set; }

    /// <summary>Gets the steps of the stages before.</summary>
    [JsonIgnore]
    public long EarlierSteps => Earlier?.Steps ?? 0;

    /// <summary>Gets the epochs of the stages before.</summary>
    [JsonIgnore]
    public int EarlierEpochs => Earlier?.Epochs.Count ?? 0;

    /// <summary>Gets all epochs, counted over all stages; the best is one of this stage.</summary>
    public IReadOnlyList<EpochRecord> AllEpochs() =>
        [.. (Earlier?.Epochs ?? []).Select(epoch => epoch with { IsBest = false }), .. Epochs.Select(Counted)];

    /// <summary>Gets the losses of all stages, counted over all of them.</summary>
    public IReadOnlyList<CurvePoint> AllCurve() => [.. Earlier?.Curve ?? [], .. Curve.Select(point => point with { Step = point.Step + EarlierSteps })];

    /// <summary>Counts an epoch over all stages.</summary>
    public EpochRecord Counted(EpochRecord epoch) => epoch with { Epoch = epoch.Epoch + EarlierEpochs, Step = epoch.Step + EarlierSteps };

    /// <summary>Gets the best epoch; null without one that was evaluated.</summary>
    public EpochRecord? BestEpoch() => Epochs.LastOrDefault(epoch => epoch.IsBest);

    /// <summary>Counts a step that changed something.</summary>
    public void Add(LossParts loss, double learningRate, long totalSteps)
    {
        SkippedInARow = 0;
        EpochLoss += loss;
        EpochLossCount++;
        StretchLoss += loss;
        StretchCount++;
        if (StretchCount >= Math.Max(1, totalSteps / CurvePoints))
        {
            Curve.Add(new CurvePoint(Step, StretchLoss / StretchCount, learningRate));
            StretchLoss = default;
            StretchCount = 0;
        }
    }

    /// <summary>Returns the mean loss of the epoch and begins the next one.</summary>
    public LossParts EndEpoch()
    {
        LossParts mean = EpochLoss / Math.Max(1, EpochLossCount);
        EpochLoss = default;
        EpochLossCount = 0;
        Epoch++;
        Batch = 0;
        return mean;
    }
}
