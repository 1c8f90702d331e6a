using QuantGen.Tokenization;

namespace QuantGen.Tasks;

/// <summary>Turns candidates into a list of answers.</summary>
internal static class AnswerList
{
    /// <summary>Finds the answers to a question.</summary>
    /// <param name="logits">Start and end logit of every token of every window.</param>
    /// <param name="windows">The windows.</param>
    /// <param name="context">The context.</param>
    /// <param name="options">Limits.</param>
    /// <returns>At least one answer; the first is the one to give.</returns>
    public static IReadOnlyList<Answer> Find(ReadOnlySpan<float> logits, QuestionWindows windows, string context, AnswerOptions options) => Create(
        SpanSearch.Find(logits, windows.Windows, windows.Offsets.Count, options), windows.Offsets, context, SpanSearch.NoAnswerScore(logits, windows.Windows),
        options);

    /// <summary>Makes the list: different texts, best first, at most <see cref="AnswerOptions.BestCount"/>; "no answer" where it is possible.</summary>
    /// <param name="candidates">Possible answers, best first.</param>
    /// <param name="offsets">The part of the context each of its tokens stands for.</param>
    /// <param name="context">The context.</param>
    /// <param name="noAnswerScore">The score of "no answer".</param>
    /// <param name="options">Limits.</param>
    /// <returns>At least one answer; the first is the one to give.</returns>
    public static IReadOnlyList<Answer> Create(
        IReadOnlyList<SpanCandidate> candidates, IReadOnlyList<TextRange> offsets, string context, float noAnswerScore, AnswerOptions options)
    {
        var answers = new List<Answer>();
        var texts = new HashSet<string>(StringComparer.Ordinal);
        foreach (SpanCandidate candidate in candidates)
        {
            int start = offsets[candidate.Start].Start;
            int end = offsets[candidate.End].End;
            string text = context[start..end];
            if (answers.Count < options.BestCount && text.Length > 0 && texts.Add(text))
            {
                answers.Add(new Answer(text, start, end, candidate.Score, Probability: 0));
            }
        }

        var none = new Answer(string.Empty, 0, 0, noAnswerScore, Probability: 0);
        if (answers.Count == 0)
        {
            answers.Add(none);
        }
        else if (options.NoAnswerThreshold is float threshold)
        {
            bool wins = noAnswerScore - answers[0].Score > threshold;
            answers.Insert(wins ? 0 : answers.TakeWhile((a, i) => i == 0 || a.Score >= noAnswerScore).Count(), none);
        }

        // A single answer is compared with nothing; LabelChoice would take its sigmoid.
        float[] probabilities = answers.Count == 1 ? [1f] : LabelChoice.Probabilities(answers.Select(a => a.Score).ToArray());
        return [.. answers.Select((a, i) => a with { Probability = probabilities[i] })];
    }
}
