namespace QuantGen.Tasks;

/// <summary>One window over the tokens of a context, as the model sees it behind a question.</summary>
/// <param name="FirstToken">The window's first token, <c>[CLS]</c>, among the tokens of all windows.</param>
/// <param name="ContextOffset">Tokens of the window before the context's.</param>
/// <param name="ContextStart">The first token of the context that the window has.</param>
/// <param name="ContextCount">How many tokens of the context the window has.</param>
internal readonly record struct SpanWindow(int FirstToken, int ContextOffset, int ContextStart, int ContextCount)
{
    /// <summary>Gets the token of the context after the window's last.</summary>
    public int ContextEnd => ContextStart + ContextCount;

    /// <summary>Says in which window each token has the most context on its poorer side; among equals in the first.</summary>
    /// <param name="windows">The windows.</param>
    /// <param name="tokenCount">Tokens of the context.</param>
    /// <returns>A window for each token of the context.</returns>
    public static int[] MaxContext(IReadOnlyList<SpanWindow> windows, int tokenCount)
    {
        int[] best = new int[tokenCount];
        double[] scores = new double[tokenCount];
        Array.Fill(scores, double.NegativeInfinity);
        for (int i = 0; i < windows.Count; i++)
        {
            SpanWindow window = windows[i];
            for (int token = window.ContextStart; token < window.ContextEnd; token++)
            {
                // The hundredth prefers longer windows, as BERT's SQuAD script does.
                double score = Math.Min(token - window.ContextStart, window.ContextEnd - 1 - token) + (0.01 * window.ContextCount);
                if (score > scores[token])
                {
                    scores[token] = score;
                    best[token] = i;
                }
            }
        }

        return best;
    }
}
