using System.Text.Json;
using QuantGen.Tasks;
using QuantGen.Training.Batching;
using QuantGen.Training.Data;

namespace QuantGen.Training.Tests.Batching;

public sealed class QuestionSetTests
{
    [Fact]
    public void Answer_is_found_by_its_characters()
    {
        Example example = Assert.Single(Set("the cat sat on the mat .", "the mat").Examples);

        // [CLS] who ? [SEP] the cat sat on the mat . [SEP]
        Assert.Equal([2, 10, 11, 3, 5, 6, 7, 8, 5, 9, 12, 3], example.Ids);
        Assert.Equal((8, 9), (example.AnswerStart, example.AnswerEnd));
    }

    [Fact]
    public void Window_without_the_whole_answer_points_at_its_first_token()
    {
        IReadOnlyList<Example> windows = Set("the cat sat on the mat . the dog ran .", "on the mat", window: 9).Examples;
        Assert.True(windows.Count > 2);
        (int Start, int End)[] answers = [.. windows.Select(example => (example.AnswerStart, example.AnswerEnd))];
        Assert.Contains((0, 0), answers);
        Assert.Contains(answers, answer => answer.Start > 0);
        Assert.All(
            windows.Where(example => example.AnswerStart > 0), example => Assert.Equal([8, 5, 9], example.Ids[example.AnswerStart..(example.AnswerEnd + 1)]));
    }

    [Fact]
    public void Impossible_question_points_at_the_first_token()
    {
        Example example = Assert.Single(Set("the cat sat .", null).Examples);
        Assert.Equal((0, 0), (example.AnswerStart, example.AnswerEnd));
    }

    private static QuestionSet Set(string context, string? answer, int window = 64)
    {
        int start = answer is null ? 0 : context.IndexOf(answer, StringComparison.Ordinal);
        object[] answers = answer is null ? [] : [new { text = answer, answer_start = start }];
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(new
        {
            data = new[]
            {
                new { paragraphs = new[] { new { context, qas = new[] { new { id = "q", question = "who ?", is_impossible = answer is null, answers } } } } },
            },
        });
        return new QuestionSet(SquadDataset.Parse(json, "squad.json"), Vocabularies.Small, window, new AnswerOptions { Advance = 2 });
    }
}
