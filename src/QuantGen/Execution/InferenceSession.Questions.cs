using QuantGen.Tasks;

namespace QuantGen.Execution;

/// <content>Answers to questions.</content>
public sealed partial class InferenceSession
{
    private static readonly AnswerOptions s_answerDefaults = new();

    /// <summary>Answers a question with a part of a context of any length.</summary>
    /// <param name="question">The question.</param>
    /// <param name="context">The context.</param>
    /// <param name="answer">How to search; null for defaults.</param>
    /// <param name="options">Threads, and the length of the windows over the context; null for defaults.</param>
    /// <param name="cancellation">Ends the call before its next pass; a long context takes several.</param>
    /// <exception cref="ArgumentException">The question leaves no room for the context.</exception>
    /// <exception cref="InvalidOperationException">The head is not <see cref="BertHead.QuestionAnswering"/>.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    public Answer Answer(
        string question, string context, AnswerOptions? answer = null, CallOptions? options = null, CancellationToken cancellation = default) =>
        Answer([new QuestionInput(question, context)], answer, options, cancellation)[0];

    /// <summary>Answers questions, each with a part of its context.</summary>
    /// <param name="questions">The questions with their contexts.</param>
    /// <param name="answer">How to search; null for defaults.</param>
    /// <param name="options">Threads, and the length of the windows over the contexts; null for defaults.</param>
    /// <param name="cancellation">Ends the call before its next pass.</param>
    /// <returns>An answer for each, in order.</returns>
    /// <exception cref="ArgumentException">A question leaves no room for its context.</exception>
    /// <exception cref="InvalidOperationException">The head is not <see cref="BertHead.QuestionAnswering"/>.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    public IReadOnlyList<Answer> Answer(
        IReadOnlyList<QuestionInput> questions, AnswerOptions? answer = null, CallOptions? options = null, CancellationToken cancellation = default) =>
        [.. Search(questions, answer, options, cancellation).Select(answers => answers[0])];

    /// <summary>Lists the best answers to a question.</summary>
    /// <param name="question">The question.</param>
    /// <param name="context">The context.</param>
    /// <param name="top">How many, at least 1; there may be fewer, and at most <see cref="AnswerOptions.BestCount"/> are compared.</param>
    /// <param name="answer">How to search; null for defaults.</param>
    /// <param name="options">Threads, and the length of the windows over the context; null for defaults.</param>
    /// <param name="cancellation">Ends the call before its next pass; a long context takes several.</param>
    /// <returns>At least one answer, the best first, which is the one <see cref="Answer(string, string, AnswerOptions?, CallOptions?, CancellationToken)"/>
    /// gives.</returns>
    /// <exception cref="ArgumentException">The question leaves no room for the context.</exception>
    /// <exception cref="InvalidOperationException">The head is not <see cref="BertHead.QuestionAnswering"/>.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    public IReadOnlyList<Answer> Answers(
        string question, string context, int top = 5, AnswerOptions? answer = null, CallOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(top, 1);
        return [.. Search([new QuestionInput(question, context)], answer, options, cancellation)[0].Take(top)];
    }

    private static void RequireLegal(AnswerOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxAnswerTokens, 1, nameof(AnswerOptions.MaxAnswerTokens));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Advance, 1, nameof(AnswerOptions.Advance));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BestCount, 1, nameof(AnswerOptions.BestCount));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxQuestionTokens, 0, nameof(AnswerOptions.MaxQuestionTokens));
    }

    // The windows of all questions go through the model together, so that passes are full.
    private IReadOnlyList<Answer>[] Search(IReadOnlyList<QuestionInput> questions, AnswerOptions? answer, CallOptions? options, CancellationToken cancellation)
    {
        RequireHead(BertHead.QuestionAnswering, nameof(Answer));
        ArgumentNullException.ThrowIfNull(questions);
        answer ??= s_answerDefaults;
        RequireLegal(answer);
        int length = LengthLimit(options) ?? MaxSequenceLength;
        var windows = new QuestionWindows[questions.Count];
        for (int i = 0; i < windows.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            (string question, string context) = questions[i];
            ArgumentNullException.ThrowIfNull(question);
            ArgumentNullException.ThrowIfNull(context);
            windows[i] = QuestionWindows.Encode(Tokenizer, question, context, length, answer);
        }

        var texts = new EncodedTexts([.. windows.SelectMany(question => question.Items)]);
        ReadOnlySpan<float> logits = Outputs(texts, isPerToken: true, options, cancellation);
        var answers = new IReadOnlyList<Answer>[windows.Length];
        for (int i = 0; i < answers.Length; i++)
        {
            answers[i] = AnswerList.Find(logits, windows[i], questions[i].Context, answer);
            logits = logits[(Spec.OutputCount * windows[i].Items.Sum(window => window.Length))..];
        }

        return answers;
    }
}
