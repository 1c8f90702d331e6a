using QuantGen.Tasks;
using QuantGen.Training.Batching;
using QuantGen.Training.Data;

namespace QuantGen.Training.Evaluation;

/// <summary>The answers that follow from a model's outputs, measured as the official SQuAD scripts do: F1 and exact match, in percent.</summary>
internal sealed class FoundAnswers
{
    /// <summary>Finds the answers.</summary>
    /// <param name="questions">The questions.</param>
    /// <param name="logits">For each window of all questions, start and end logit of every token.</param>
    public FoundAnswers(QuestionSet questions, IReadOnlyList<float[]> logits)
    {
        bool hasUnanswerable = questions.Data.HasUnanswerable;
        AnswerOptions options = questions.Options with { NoAnswerThreshold = hasUnanswerable ? questions.Options.NoAnswerThreshold ?? 0 : null };
        SquadVersion version = hasUnanswerable ? SquadVersion.V2 : SquadVersion.V1;
        string[] texts = new string[questions.Data.Questions.Count];
        (double exact, double f1) = (0, 0);
        int window = 0;
        for (int i = 0; i < texts.Length; i++)
        {
            SquadQuestion question = questions.Data.Questions[i];
            QuestionWindows windows = questions.Windows[i];
            float[] own = [.. logits.Skip(window).Take(windows.Windows.Count).SelectMany(row => row)];
            window += windows.Windows.Count;
            texts[i] = AnswerList.Find(own, windows, question.Context, options)[0].Text;
            string[] golds = [.. question.Answers.Select(gold => gold.Text)];
            exact += SquadMetrics.ExactMatch(texts[i], golds, version);
            f1 += SquadMetrics.F1(texts[i], golds, version);
        }

        double scale = 100.0 / texts.Length;
        Texts = texts;
        Score = new ModelScore("f1", scale * f1, HigherIsBetter: true, [new("f1", scale * f1), new("exact_match", scale * exact)]);
    }

    /// <summary>Gets the answer to each question; empty for "no answer".</summary>
    public IReadOnlyList<string> Texts { get; }

    /// <summary>Gets what they are worth.</summary>
    public ModelScore Score { get; }
}
