using QuantGen.Tasks;

namespace QuantGen.Tests.Tasks;

public sealed class SpanSearchTests
{
    private static readonly AnswerOptions s_options = new();

    [Fact]
    public void A_span_ends_at_or_after_its_start_and_is_not_too_long()
    {
        // Two tokens before the context; the best end lies before the best start.
        float[] logits = Logits([0, 0, 1, 9, 2, 0], [0, 0, 8, 3, 0, 1]);
        SpanWindow[] windows = [new SpanWindow(0, 2, 0, 4)];
        IReadOnlyList<SpanCandidate> found = SpanSearch.Find(logits, windows, 4, s_options);
        Assert.Equal(new SpanCandidate(1, 1, 12), found[0]);
        Assert.Equal(10, found.Count);
        Assert.All(found, c => Assert.True(c.End >= c.Start));
        Assert.Equal(4 + 3, SpanSearch.Find(logits, windows, 4, s_options with { MaxAnswerTokens = 2 }).Count);
        Assert.All(SpanSearch.Find(logits, windows, 4, s_options with { MaxAnswerTokens = 1 }), c => Assert.Equal(c.Start, c.End));
    }

    [Fact]
    public void Only_the_best_starts_and_ends_are_combined()
    {
        float[] logits = Logits([5, 4, 3, 2], [1, 2, 3, 4]);
        IReadOnlyList<SpanCandidate> found = SpanSearch.Find(logits, [new SpanWindow(0, 0, 0, 4)], 4, s_options with { BestCount = 2 });
        Assert.Equal([new(0, 3, 9), new(0, 2, 8), new(1, 3, 8), new(1, 2, 7)], found);
    }

    [Fact]
    public void Equal_scores_keep_the_order_of_tokens()
    {
        float[] logits = Logits([1, 1, 1], [1, 1, 1]);
        IReadOnlyList<SpanCandidate> found = SpanSearch.Find(logits, [new SpanWindow(0, 0, 0, 3)], 3, s_options);
        Assert.Equal([(0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2)], found.Select(c => (c.Start, c.End)));
    }

    [Fact]
    public void A_start_counts_only_where_it_has_the_most_context()
    {
        // Windows over tokens 0-3 and 2-5: token 2 has one neighbour at its poorer side in the first and none in the second.
        SpanWindow[] windows = [new SpanWindow(0, 1, 0, 4), new SpanWindow(5, 1, 2, 4)];
        Assert.Equal([0, 0, 0, 1, 1, 1], SpanWindow.MaxContext(windows, 6));
        float[] logits = Logits([0, 0, 0, 1, 0, /**/ 0, 50, 0, 0, 0], [0, 0, 0, 1, 0, /**/ 0, 50, 0, 0, 0]);
        IReadOnlyList<SpanCandidate> found = SpanSearch.Find(logits, windows, 6, s_options);
        Assert.Equal(new SpanCandidate(2, 2, 2), found[0]);
        Assert.Equal(2, found.Max(c => c.Score));
    }

    [Fact]
    public void Equal_context_goes_to_the_longer_and_then_the_first_window()
    {
        Assert.Equal([0, 0, 0], SpanWindow.MaxContext([new(0, 0, 0, 3), new(3, 0, 0, 3)], 3));
        Assert.Equal([1, 1, 1, 1], SpanWindow.MaxContext([new(0, 0, 0, 2), new(2, 0, 0, 4)], 4));
    }

    [Fact]
    public void The_score_of_no_answer_is_the_smallest_over_windows()
    {
        float[] logits = Logits([3, 9, 1, 9], [2, 9, 1.5f, 9]);
        Assert.Equal(2.5f, SpanSearch.NoAnswerScore(logits, [new(0, 1, 0, 1), new(2, 1, 1, 1)]));
    }

    private static float[] Logits(float[] starts, float[] ends) => [.. starts.Zip(ends).SelectMany(p => new[] { p.First, p.Second })];
}
