using QuantGen.Tasks;

namespace QuantGen.Tests.Metrics;

public sealed class RankingMetricsTests
{
    // In the order of the scores, the relevances are 0, 2, 0, 1.
    private static readonly double[] s_scores = [0.1, 0.9, 0.7, 0.3];
    private static readonly double[] s_relevances = [1, 0, 2, 0];

    [Fact]
    public void Values_are_those_made_by_hand()
    {
        Assert.Equal(0.5, RankingMetrics.ReciprocalRank(s_scores, s_relevances, 10));
        Assert.Equal(0, RankingMetrics.ReciprocalRank(s_scores, s_relevances, 1));
        Assert.Equal(1, RankingMetrics.Recall(s_scores, s_relevances, 10));
        Assert.Equal(0.5, RankingMetrics.Recall(s_scores, s_relevances, 3));

        // 2 / log2(3) + 1 / log2(5), by 2 / log2(2) + 1 / log2(3).
        Assert.Equal((1.2618595071429148 + 0.43067655807339306) / (2 + 0.6309297535714574), RankingMetrics.NormalizedGain(s_scores, s_relevances, 10), 1e-12);
        Assert.Equal(1.2618595071429148 / (2 + 0.6309297535714574), RankingMetrics.NormalizedGain(s_scores, s_relevances, 2), 1e-12);
        Assert.Equal(1, RankingMetrics.NormalizedGain(s_relevances, s_relevances, 10));
    }

    [Fact]
    public void Nothing_relevant_is_worth_nothing()
    {
        Assert.Equal(0, RankingMetrics.NormalizedGain([1, 2], [0, 0], 10));
        Assert.Equal(0, RankingMetrics.Recall([1, 2], [0, 0], 10));
        Assert.Equal(0, RankingMetrics.ReciprocalRank([1, 2], [0, 0], 10));
    }

    [Fact]
    public void Equal_scores_keep_their_order() => Assert.Equal(0.5, RankingMetrics.ReciprocalRank([1, 1], [0, 1], 10));

    [Fact]
    public void Each_document_needs_both() => Assert.Throws<ArgumentException>(() => RankingMetrics.Recall([1], [1, 0], 10));
}
