using QuantGen.Trainable;
using QuantGen.Training.Batching;

namespace QuantGen.Training.Losses;

/// <summary>The loss of a step's batch, which is run in one part or in several.</summary>
/// <remarks>
/// Means are over the whole batch, whose counts are known before its first part. What texts add to a loss is kept in their order and added up when all are
/// there, so that parts change no bit of a loss, and of no gradient.
/// </remarks>
public sealed class StepLoss
{
    private readonly Objective _objective;
    private readonly List<double>[] _hidden;
    private readonly List<double>[] _attention;

    internal StepLoss(Objective objective, int layers, IReadOnlyList<Batch> parts)
    {
        _objective = objective;
        _hidden = [.. Enumerable.Range(0, layers + 1).Select(_ => new List<double>())];
        _attention = [.. Enumerable.Range(0, layers).Select(_ => new List<double>())];
        Parts = parts;
        Whole = parts.Aggregate(default(BatchCounts), (sum, part) => sum + BatchCounts.Of(part.Inputs));
    }

    /// <summary>Gets the parts, in the order in which they are run.</summary>
    public IReadOnlyList<Batch> Parts { get; }

    /// <summary>Gets what all parts have together.</summary>
    public BatchCounts Whole { get; }

    /// <summary>Gets the loss of the parts that were added.</summary>
    public LossParts Value => new(
        Sum(_hidden) + HiddenDirections, Sum(_attention), FixedChunks.Fold(Prediction), _objective.Options.GroundTruthWeight * FixedChunks.Fold(GroundTruth),
        FixedChunks.Fold(Sentence), FixedChunks.Fold(Similarity), Directions);

    internal List<double> Prediction { get; } = [];

    internal List<double> GroundTruth { get; } = [];

    internal List<double> Sentence { get; } = [];

    internal List<double> Similarity { get; } = [];

    /// <summary>Gets or sets what is no sum over texts, so that such a batch has one part.</summary>
    internal double HiddenDirections { get; set; }

    /// <summary>Gets or sets what is no sum over texts, so that such a batch has one part.</summary>
    internal double Directions { get; set; }

    /// <summary>Adds the loss of the next part, and fills the gradients of the student's trace.</summary>
    /// <param name="student">The model, whose last forward pass was this part.</param>
    /// <param name="part">The part.</param>
    /// <param name="teacher">The teacher's trace of the same part; null without a teacher.</param>
    public void Add(ITrainableModel student, Batch part, TrainingTrace? teacher) => _objective.Add(this, student, part, teacher);

    internal List<double> Hidden(int state) => _hidden[state];

    internal List<double> Attention(int layer) => _attention[layer];

    private static double Sum(IEnumerable<List<double>> tensors) => tensors.Sum(shares => FixedChunks.Fold(shares));
}
