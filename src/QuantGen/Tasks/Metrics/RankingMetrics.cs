namespace QuantGen.Tasks;

/// <summary>Computes what the order of documents is worth that scores give them for a query.</summary>
/// <remarks>Documents of equal score are in the order given.</remarks>
public static class RankingMetrics
{
    /// <summary>Returns 1 / rank of the first relevant document; 0 where none of the best is relevant. Its mean over queries is MRR.</summary>
    /// <param name="scores">The score of each document of a query.</param>
    /// <param name="relevances">How relevant each is; 0 and less for not.</param>
    /// <param name="depth">How many of the best are looked at, at least 1; usually 10.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double ReciprocalRank(ReadOnlySpan<double> scores, ReadOnlySpan<double> relevances, int depth)
    {
        double[] best = Best(scores, relevances, depth);
        int first = Array.FindIndex(best, relevance => relevance > 0);
        return first < 0 ? 0 : 1.0 / (first + 1);
    }

    /// <summary>Returns the discounted gain of the best documents by that of the best order; 0 where no document is relevant.</summary>
    /// <param name="scores">The score of each document of a query.</param>
    /// <param name="relevances">How relevant each is; 0 and less for not.</param>
    /// <param name="depth">How many of the best are looked at, at least 1; usually 10.</param>
    /// <remarks><c>sum of relevance / log2(rank + 1)</c>, by the same sum of the most relevant documents (Järvelin and Kekäläinen, 2002).</remarks>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double NormalizedGain(ReadOnlySpan<double> scores, ReadOnlySpan<double> relevances, int depth)
    {
        double ideal = Gain(Best(relevances, relevances, depth));
        return ideal == 0 ? 0 : Gain(Best(scores, relevances, depth)) / ideal;
    }

    /// <summary>Returns the share of the relevant documents that are among the best; 0 where no document is relevant.</summary>
    /// <param name="scores">The score of each document of a query.</param>
    /// <param name="relevances">How relevant each is; 0 and less for not.</param>
    /// <param name="depth">How many of the best are looked at, at least 1; usually 10.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double Recall(ReadOnlySpan<double> scores, ReadOnlySpan<double> relevances, int depth)
    {
        int found = Best(scores, relevances, depth).Count(relevance => relevance > 0);
        int all = Best(relevances, relevances, relevances.Length).Count(relevance => relevance > 0);
        return all == 0 ? 0 : (double)found / all;
    }

    private static double[] Best(ReadOnlySpan<double> scores, ReadOnlySpan<double> relevances, int depth)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(depth);
        if (scores.Length != relevances.Length)
        {
            throw new ArgumentException($"{scores.Length} scores and {relevances.Length} relevances are given; as many of one as of the other are needed.");
        }

        double[] keys = scores.ToArray();
        double[] values = relevances.ToArray();
        return [.. Enumerable.Range(0, keys.Length).OrderByDescending(i => keys[i]).Take(depth).Select(i => values[i])];
    }

    private static double Gain(double[] relevances) => relevances.Select((relevance, i) => Math.Max(0, relevance) / Math.Log2(i + 2)).Sum();
}
