using QuantGen.Execution;
using QuantGen.Tasks;

namespace QuantGen.Tests.Tasks;

public sealed class AnswerTests
{
    [Fact]
    public void An_answer_is_a_part_of_the_context()
    {
        using InferenceSession session = Session((word, k) => (word, k) switch { ("red", 0) => 5, ("cat", 1) => 4, ("mat", 1) => 9, _ => 0 });
        Answer answer = session.Answer("Where is the dog?", "The RED Cat sat.");
        Assert.Equal(("RED Cat", 4, 11), (answer.Text, answer.Start, answer.End));
        Assert.Equal(9, answer.Score);
        Assert.True(answer.HasText);
        Assert.InRange(answer.Probability, 0.9f, 1f);
    }

    [Fact]
    public void Tokens_of_the_question_are_no_answers()
    {
        using InferenceSession session = Session((word, _) => word switch { "dog" => 9, "cat" => 1, _ => 0 });
        Assert.Equal("cat", session.Answer("the dog ?", "a cat .").Text);
    }

    [Fact]
    public void Long_contexts_are_searched_in_windows()
    {
        // 60 words before the answer, windows of 16 tokens.
        using InferenceSession session = Session((word, k) => (word, k) switch { ("red", 0) => 5, ("green", 1) => 5, _ => 0 });
        string before = string.Join(' ', Enumerable.Repeat("the cat sat on a mat", 10));
        string after = string.Join(' ', Enumerable.Repeat("the dog is in rome", 7));
        Answer answer = session.Answer("where is the cat ?", $"{before} red Blue Green {after}");
        Assert.Equal("red Blue Green", answer.Text);
        Assert.Equal(before.Length + 1, answer.Start);
        Assert.Equal(10, answer.Score);
        foreach (int advance in new[] { 1, 2, 3, 5, 1000 })
        {
            // Probabilities differ a little: they are relative to the other answers found.
            Answer other = session.Answer("where is the cat ?", $"{before} red Blue Green {after}", new AnswerOptions { Advance = advance });
            Assert.Equal(answer with { Probability = 0 }, other with { Probability = 0 });
        }
    }

    [Fact]
    public void Answers_have_different_texts_and_probabilities_that_add_up()
    {
        using InferenceSession session = Session((word, k) => (word, k) switch { ("red", _) => 3, ("blue", _) => 2, _ => -9 });
        IReadOnlyList<Answer> answers = session.Answers("who ?", "red blue red", answer: new AnswerOptions { BestCount = 4 });
        Assert.Equal("red", answers[0].Text);
        Assert.Equal(answers.Count, answers.Select(a => a.Text).Distinct().Count());
        Assert.Equal(4, answers.Count);
        Assert.Equal(1, answers.Sum(a => a.Probability), 1e-5);
        Assert.Equal(answers.OrderByDescending(a => a.Score).Select(a => a.Score), answers.Select(a => a.Score));
    }

    [Theory]
    [InlineData(null, "red")]
    [InlineData(0f, "")]
    [InlineData(3.9f, "")]
    [InlineData(4f, "red")]
    public void No_answer_wins_only_above_the_threshold(float? threshold, string text)
    {
        // "No answer" scores 5 + 5, the best answer 3 + 3.
        using InferenceSession session = Session((word, _) => word switch { "[CLS]" => 5, "red" => 3, _ => 0 });
        IReadOnlyList<Answer> answers = session.Answers("who ?", "the red mat", top: 20, new AnswerOptions { NoAnswerThreshold = threshold });
        Assert.Equal(text, answers[0].Text);
        Assert.Equal(threshold is null ? 0 : 1, answers.Count(a => !a.HasText));
        Assert.Equal(1, answers.Sum(a => a.Probability), 1e-5);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    public void An_empty_context_has_no_answer(string context)
    {
        using InferenceSession session = Session((_, _) => 1);
        Answer answer = session.Answer("who ?", context);
        Assert.Equal((string.Empty, 0, 0, 2f, 1f), (answer.Text, answer.Start, answer.End, answer.Score, answer.Probability));
        Assert.False(answer.HasText);
    }

    [Fact]
    public void Long_questions_are_cut_and_those_without_room_refused()
    {
        using InferenceSession session = Session((word, _) => word == "red" ? 1 : 0);
        string question = string.Join(' ', Enumerable.Repeat("who", 30));
        ArgumentException e = Assert.Throws<ArgumentException>(() => session.Answer(question, "the red mat"));
        Assert.Contains("a question of 30 tokens leaves no room for the context in windows of 16 tokens", e.Message);
        Assert.Equal("red", session.Answer(question, "the red mat", new AnswerOptions { MaxQuestionTokens = 12 }).Text);
        Assert.Equal("red", session.Answer(question, "the red mat", new AnswerOptions { MaxQuestionTokens = 0 }).Text);
        Assert.Equal("red", session.Answer("who", "the red mat", options: new CallOptions { MaxLength = 5 }).Text);
    }

    [Fact]
    public void Options_without_meaning_are_refused()
    {
        using InferenceSession session = Session((_, _) => 0);
        Assert.Throws<ArgumentOutOfRangeException>(() => session.Answer("who", "cat", new AnswerOptions { MaxAnswerTokens = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => session.Answer("who", "cat", new AnswerOptions { Advance = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => session.Answer("who", "cat", new AnswerOptions { BestCount = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => session.Answer("who", "cat", new AnswerOptions { MaxQuestionTokens = -1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => session.Answer("who", "cat", options: new CallOptions { MaxLength = 0 }));
    }

    [Fact]
    public void The_best_answers_are_as_many_as_wanted()
    {
        using InferenceSession session = Session((word, k) => (word, k) switch { ("red", _) => 3, ("blue", _) => 2, _ => -9 });
        IReadOnlyList<Answer> all = session.Answers("who ?", "red blue green mat", top: 100);
        Assert.True(all.Count > 5);
        Assert.Equal(all.Take(5), session.Answers("who ?", "red blue green mat"));
        Assert.Equal([session.Answer("who ?", "red blue green mat")], session.Answers("who ?", "red blue green mat", top: 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => session.Answers("who ?", "red", top: 0));
    }

    [Fact]
    public void Many_questions_are_answered_in_their_order()
    {
        using InferenceSession session = Session((word, k) => (word, k) switch { ("red", 0) => 5, ("green", 1) => 5, ("dog", _) => 3, _ => 0 });
        string filler = string.Join(' ', Enumerable.Repeat("the cat sat on a mat", 10));
        QuestionInput[] questions =
        [
            new("where is the cat ?", $"{filler} red Blue Green {filler}"), new("who", "the dog sat ."), new("who ?", string.Empty),
                new("who", $"a red mat . {filler}"),
        ];
        IReadOnlyList<Answer> answers = session.Answer(questions);
        Assert.Equal(["red Blue Green", "dog", string.Empty], answers.Take(3).Select(answer => answer.Text));
        Assert.Equal(questions.Select(question => session.Answer(question.Question, question.Context)), answers);
        Assert.Empty(session.Answer([]));
        Assert.Throws<ArgumentNullException>(() => session.Answer([new("who", "cat"), default]));
        Assert.Throws<ArgumentNullException>(() => session.Answer((IReadOnlyList<QuestionInput>)null!));
    }

    private static InferenceSession Session(Func<string, int, float> logit) => TaskTests.Session(BertHead.QuestionAnswering, logit);
}
