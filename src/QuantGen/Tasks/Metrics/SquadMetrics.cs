using System.Globalization;
using System.Text;

namespace QuantGen.Tasks;

/// <summary>Scores extracted answers as the official SQuAD scripts do (Rajpurkar et al. 2016 and 2018).</summary>
public static class SquadMetrics
{
    private static readonly List<string> s_noAnswer = [""];

    /// <summary>Brings an answer to the form in which answers are compared.</summary>
    /// <param name="answer">Any text.</param>
    /// <returns>Lower case, without ASCII punctuation, without the words a, an and the, with single spaces.</returns>
    public static string Normalize(string answer) => string.Join(' ', Tokens(answer));

    /// <summary>Returns 1 when the prediction equals one of the gold answers after normalising, else 0.</summary>
    /// <param name="prediction">The predicted text; empty for no answer.</param>
    /// <param name="golds">Gold answers; none means that there is no answer.</param>
    /// <param name="version">The rule for answers without tokens.</param>
    public static double ExactMatch(string prediction, IReadOnlyList<string> golds, SquadVersion version)
    {
        string normalized = Normalize(prediction);
        return Answers(golds, version).Any(gold => Normalize(gold) == normalized) ? 1 : 0;
    }

    /// <summary>Returns the largest F1 of bags of tokens between the prediction and the gold answers.</summary>
    /// <param name="prediction">The predicted text; empty for no answer.</param>
    /// <param name="golds">Gold answers; none means that there is no answer.</param>
    /// <param name="version">The rule for answers without tokens.</param>
    public static double F1(string prediction, IReadOnlyList<string> golds, SquadVersion version)
    {
        List<string> predicted = Tokens(prediction);
        return Answers(golds, version).Max(gold => F1(predicted, Tokens(gold), version));
    }

    /// <summary>Finds the threshold on the no-answer score that gives the best total, as the SQuAD 2.0 script does.</summary>
    /// <param name="scores">Score of each question's predicted text, exact match or F1.</param>
    /// <param name="noAnswerScores">No-answer score of each question; above the threshold, no answer is predicted. Not NaN.</param>
    /// <param name="hasAnswer">Whether each question has an answer.</param>
    /// <param name="predictions">Predicted texts.</param>
    /// <returns>The best mean score times 100, and the threshold that reaches it; 0 when answering nothing is best.</returns>
    /// <exception cref="ArgumentException">The lengths differ or are 0, or a no-answer score is NaN.</exception>
    public static (double Best, double Threshold) BestThreshold(
        IReadOnlyList<double> scores, IReadOnlyList<double> noAnswerScores, IReadOnlyList<bool> hasAnswer, IReadOnlyList<string> predictions)
    {
        int count = scores.Count;
        if (count == 0 || noAnswerScores.Count != count || hasAnswer.Count != count || predictions.Count != count)
        {
            throw new ArgumentException(
                "Scores, no-answer scores, answers and predictions are given one for each question, and there is at least one question.");
        }

        if (noAnswerScores.Any(double.IsNaN))
        {
            throw new ArgumentException("A no-answer score is NaN.", nameof(noAnswerScores));
        }

        double total = hasAnswer.Count(has => !has);
        double best = total;
        double threshold = 0;
        foreach (int question in Enumerable.Range(0, count).OrderBy(i => noAnswerScores[i]))
        {
            if (hasAnswer[question])
            {
                total += scores[question];
            }
            else if (predictions[question].Length > 0)
            {
                total--;
            }

            if (total > best)
            {
                best = total;
                threshold = noAnswerScores[question];
            }
        }

        return (100 * best / count, threshold);
    }

    private static double F1(List<string> predicted, List<string> gold, SquadVersion version)
    {
        if (predicted.Count == 0 || gold.Count == 0)
        {
            return version == SquadVersion.V2 && predicted.Count == gold.Count ? 1 : 0;
        }

        var left = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (string token in gold)
        {
            left[token] = left.GetValueOrDefault(token) + 1;
        }

        int same = 0;
        foreach (string token in predicted)
        {
            if (left.TryGetValue(token, out int count) && count > 0)
            {
                left[token] = count - 1;
                same++;
            }
        }

        // 2 p r / (p + r) with p = same / predicted and r = same / gold.
        return 2.0 * same / (predicted.Count + gold.Count);
    }

    /// <summary>Returns the gold answers that count; SQuAD 2.0 drops those of which normalising leaves nothing. None means no answer.</summary>
    private static IReadOnlyList<string> Answers(IReadOnlyList<string> golds, SquadVersion version)
    {
        IReadOnlyList<string> answers = version == SquadVersion.V2 ? [.. golds.Where(gold => Tokens(gold).Count > 0)] : golds;
        return answers.Count > 0 ? answers : s_noAnswer;
    }

    private static List<string> Tokens(string answer)
    {
        // The scripts delete punctuation before they look for articles: "a.b" is the token "ab", and "U.S." is "us".
        var kept = new StringBuilder(answer.Length);
        foreach (char c in answer.ToLowerInvariant())
        {
            if (!(char.IsAscii(c) && (char.IsPunctuation(c) || char.IsSymbol(c))))
            {
                kept.Append(c);
            }
        }

        string text = kept.ToString();
        var tokens = new List<string>();
        var token = new StringBuilder();
        for (int start = 0; start < text.Length;)
        {
            int end = EndOfRun(text, start, out bool word);
            ReadOnlySpan<char> run = text.AsSpan(start, end - start);
            bool article = word && (run is "a" or "an" or "the");
            if (article || (!word && IsSpace(run[0])))
            {
                Flush();
            }
            else
            {
                token.Append(run);
            }

            start = end;
        }

        Flush();
        return tokens;

        void Flush()
        {
            if (token.Length > 0)
            {
                tokens.Add(token.ToString());
                token.Clear();
            }
        }
    }

    /// <summary>Returns the end of the run of word characters at a place, or of the one character there that is none.</summary>
    private static int EndOfRun(string text, int start, out bool word)
    {
        int end = start;
        word = false;
        while (end < text.Length)
        {
            // A lone surrogate decodes to the replacement character, which is no word character.
            Rune.DecodeFromUtf16(text.AsSpan(end), out Rune rune, out int length);
            if (!IsWord(rune))
            {
                return word ? end : end + length;
            }

            word = true;
            end += length;
        }

        return end;
    }

    /// <summary>Says what the scripts' regular expressions count as part of a word: letters and numbers. Underscores are gone by then.</summary>
    private static bool IsWord(Rune rune) => Rune.IsLetter(rune) || Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;

    /// <summary>Says what the scripts split at: white space and the four ASCII separators.</summary>
    private static bool IsSpace(char c) => char.IsWhiteSpace(c) || c is >= '\u001c' and <= '\u001f';
}
