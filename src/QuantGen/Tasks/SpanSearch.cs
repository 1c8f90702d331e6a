namespace QuantGen.Tasks;

/// <summary>Finds the best answers from start and end logits, as BERT's SQuAD script does (Devlin et al., 2019, section 4.2).</summary>
internal static class SpanSearch
{
    /// <summary>Lists the possible answers.</summary>
    /// <param name="logits">Start and end logit of every token of every window.</param>
    /// <param name="windows">The windows; at least one.</param>
    /// <param name="tokenCount">Tokens of the context.</param>
    /// <param name="options">Limits.</param>
    /// <returns>The answers, best first; among equal scores the earlier window, better start and better end first.</returns>
    /// <remarks>
    /// Per window the best starts and the best ends among the context's tokens are combined; a start counts only in the window where
    /// it has the most context.
    /// </remarks>
    public static IReadOnlyList<SpanCandidate> Find(ReadOnlySpan<float> logits, IReadOnlyList<SpanWindow> windows, int tokenCount, AnswerOptions options)
    {
        int[] maxContext = SpanWindow.MaxContext(windows, tokenCount);
        var candidates = new List<SpanCandidate>();
        for (int i = 0; i < windows.Count; i++)
        {
            SpanWindow window = windows[i];
            ReadOnlySpan<float> own = logits.Slice(2 * (window.FirstToken + window.ContextOffset), 2 * window.ContextCount);
            int[] ends = Best(own, which: 1, options.BestCount);
            foreach (int start in Best(own, which: 0, options.BestCount))
            {
                if (maxContext[window.ContextStart + start] == i)
                {
                    AddWithStart(candidates, own, window, start, ends, options.MaxAnswerTokens);
                }
            }
        }

        // A stable sort, so that the order of equal scores is the one above.
        return [.. candidates.OrderByDescending(c => c.Score)];
    }

    /// <summary>Gets the score of "no answer": the smallest over windows of the first token's start and end logits.</summary>
    public static float NoAnswerScore(ReadOnlySpan<float> logits, IReadOnlyList<SpanWindow> windows)
    {
        float smallest = float.PositiveInfinity;
        foreach (SpanWindow window in windows)
        {
            smallest = Math.Min(smallest, logits[2 * window.FirstToken] + logits[(2 * window.FirstToken) + 1]);
        }

        return smallest;
    }

    private static void AddWithStart(List<SpanCandidate> candidates, ReadOnlySpan<float> logits, SpanWindow window, int start, int[] ends, int maxTokens)
    {
        foreach (int end in ends)
        {
            if (end >= start && end - start < maxTokens)
            {
                candidates.Add(new SpanCandidate(window.ContextStart + start, window.ContextStart + end, logits[2 * start] + logits[(2 * end) + 1]));
            }
        }
    }

    private static int[] Best(ReadOnlySpan<float> pairs, int which, int count)
    {
        float[] logits = new float[pairs.Length / 2];
        for (int i = 0; i < logits.Length; i++)
        {
            logits[i] = pairs[(2 * i) + which];
        }

        return [.. Ranking.Largest(logits, count)];
    }
}
