using QuantGen.Training.Randomness;

namespace QuantGen.Training.Batching;

/// <summary>Decides which examples a step computes: of similar lengths, in an order that depends on the seed and the epoch only.</summary>
public static class BatchPlanner
{
    // Lengths are compared after noise as wide as this many tokens, so that an epoch's batches differ from the last one's.
    private const double Noise = 32;

    /// <summary>Plans an epoch.</summary>
    /// <param name="lengths">Tokens of every example.</param>
    /// <param name="batchSize">Examples of a batch; the last one may have fewer.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="epoch">The epoch, from 0.</param>
    /// <returns>The examples' indexes, batch by batch.</returns>
    public static IReadOnlyList<int[]> Plan(IReadOnlyList<int> lengths, int batchSize, ulong seed, int epoch)
    {
        ArgumentNullException.ThrowIfNull(lengths);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        var random = new RandomSequence(seed, RandomPlace.EpochOrder, (ulong)epoch);
        double[] keys = new double[lengths.Count];
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i] = lengths[i] + (Noise * random.Unit());
        }

        int[][] batches = [.. Enumerable.Range(0, lengths.Count).OrderBy(i => keys[i]).Chunk(batchSize)];
        random.Shuffle(batches.AsSpan());
        return batches;
    }

    /// <summary>Plans an evaluation: every example once, the shortest first.</summary>
    /// <param name="lengths">Tokens of every example.</param>
    /// <param name="batchSize">Examples of a batch.</param>
    public static IReadOnlyList<int[]> ByLength(IReadOnlyList<int> lengths, int batchSize)
        => [.. Enumerable.Range(0, lengths.Count).OrderBy(i => lengths[i]).Chunk(batchSize)];
}
