using QuantGen.Training.Batching;
using QuantGen.Training.Randomness;

namespace QuantGen.Training.Boosting;

/// <summary>Examples that are drawn anew for every epoch, as many as there are, each as often as its weight says on average.</summary>
public sealed class DrawnBatchSource : BatchSource
{
    private readonly int[] _lengths;
    private double[] _upTo = [];
    private ulong _member;

    /// <summary>Creates a source that draws evenly.</summary>
    /// <param name="source">The examples, their order and the size of batches.</param>
    public DrawnBatchSource(BatchSource source)
        : base(source?.Examples ?? throw new ArgumentNullException(nameof(source)), source.BatchSize, source.Seed)
    {
        _lengths = [.. source.Examples.Select(example => example.Length)];
        Draw(AdaBoost.Even(_lengths.Length), 0);
    }

    /// <summary>Decides what is drawn from now on.</summary>
    /// <param name="weights">The weight of each example, with a sum of 1.</param>
    /// <param name="member">Which member learns, which draws other examples than those before.</param>
    public void Draw(IReadOnlyList<double> weights, int member)
    {
        ArgumentNullException.ThrowIfNull(weights);
        _member = (ulong)member;
        _upTo = new double[weights.Count];
        double sum = 0;
        for (int i = 0; i < _upTo.Length; i++)
        {
            sum += weights[i];
            _upTo[i] = sum;
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<int[]> Plan(int epoch)
    {
        var random = new RandomSequence(Seed, RandomPlace.Drawing, _member, (ulong)epoch);
        int[] drawn = new int[_lengths.Length];
        for (int i = 0; i < drawn.Length; i++)
        {
            int found = Array.BinarySearch(_upTo, random.Unit() * _upTo[^1]);
            drawn[i] = Math.Min(found < 0 ? ~found : found, _upTo.Length - 1);
        }

        IReadOnlyList<int[]> plan = BatchPlanner.Plan([.. drawn.Select(row => _lengths[row])], BatchSize, Seed, epoch);
        return [.. plan.Select(rows => Array.ConvertAll(rows, row => drawn[row]))];
    }
}
