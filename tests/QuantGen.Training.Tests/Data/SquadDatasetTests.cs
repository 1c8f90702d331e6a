using System.Text;
using QuantGen.Tests;
using QuantGen.Training.Data;

namespace QuantGen.Training.Tests.Data;

public sealed class SquadDatasetTests
{
    private const string Answer = """{"text": "bridge", "answer_start": 4}""";

    public static TheoryData<string, string, string> Defects => new()
    {
        { "", "JSON", "empty" },
        { "[", "JSON", "" },
        { "[]", "an object at the top", "an array" },
        { "{}", "'data'", "none" },
        { """{"data": 1}""", "an array at data", "a number" },
        { """{"data": []}""", "at least one question", "none" },
        { """{"data": [3]}""", "an object at data[0]", "a number" },
        { """{"data": [], "data": []}""", "JSON", "data" },
        { Qas("""{"question": "q", "answers": [ANSWER]}"""), "'id' at data[0].paragraphs[0].qas[0]", "none" },
        { Qas("""{"id": 7, "question": "q", "answers": [ANSWER]}"""), "a string at data[0].paragraphs[0].qas[0].id", "a number" },
        { Qas("""{"id": "1", "question": "", "answers": [ANSWER]}"""), "qas[0].question", "empty" },
        { Qas("""{"id": "1", "question": null, "answers": [ANSWER]}"""), "qas[0].question", "null" },
        { Qas("""{"id": "\ud800", "question": "q", "answers": [ANSWER]}"""), "qas[0].id", "surrogate" },
        { Qas("""{"id": "1", "question": "q"}"""), "'answers'", "none" },
        { Qas("""{"id": "1", "question": "q", "answers": []}"""), "at least one answer at data[0].paragraphs[0].qas[0]", "0" },
        { Qas("""{"id": "1", "question": "q", "answers": ["a"]}"""), "an object at data[0].paragraphs[0].qas[0].answers[0]", "a string" },
        { Qas("""{"id": "1", "question": "q", "answers": [{"text": "bridge"}]}"""), "'answer_start'", "none" },
        { Qas("""{"id": "1", "question": "q", "answers": [{"text": "bridge", "answer_start": -1}]}"""), "answer_start", "'-1'" },
        { Qas("""{"id": "1", "question": "q", "answers": [{"text": "bridge", "answer_start": 4.5}]}"""), "answer_start", "'4.5'" },
        { Qas("""{"id": "1", "question": "q", "answers": [{"text": "bridge", "answer_start": 5}]}"""), "'bridge'", "'ridge " },
        { Qas("""{"id": "1", "question": "q", "answers": [{"text": "Bridge", "answer_start": 4}]}"""), "'Bridge'", "'bridge'" },
        { Qas("""{"id": "1", "question": "q", "answers": [{"text": "bridge", "answer_start": 99}]}"""), "character 99", "end of the context" },
        { Qas("""{"id": "1", "question": "q", "answers": [ANSWER], "is_impossible": true}"""), "no answers", "1" },
        { Qas("""{"id": "1", "question": "q", "answers": [], "is_impossible": "yes"}"""), "true or false", "a string" },
        { Qas("""{"id": "1", "question": "q", "answers": [ANSWER]}, {"id": "1", "question": "r", "answers": [ANSWER]}"""), "unique id", "'1' again" },
        { Qas("""{"id": "1", "question": "q", "answers": [ANSWER], "\ud800": 1}"""), "JSON", "surrogate" },
    };

    [Fact]
    public void Questions_are_read_with_their_contexts()
    {
        SquadDataset data = Parse(Qas("""{"id": "1", "question": "which?", "answers": [ANSWER, {"text": "the bridge", "answer_start": 0}], "other": 1}"""));
        SquadQuestion question = Assert.Single(data.Questions);
        Assert.Equal(("1", "which?", "the bridge 😀 is new"), (question.Id, question.Question, question.Context));
        Assert.Equal([new SquadAnswer("bridge", 4), new SquadAnswer("the bridge", 0)], question.Answers);
        Assert.False(question.IsImpossible || data.HasUnanswerable);
    }

    [Fact]
    public void Starts_are_counted_in_code_points_in_the_file_and_in_utf16_here()
    {
        SquadDataset data = Parse(Qas("""{"id": "1", "question": "q", "answers": [{"text": "new", "answer_start": 16}]}"""));
        SquadQuestion question = data.Questions[0];
        Assert.Equal(17, question.Answers[0].Start);
        Assert.Equal("new", question.Context[17..20]);
    }

    [Fact]
    public void Version_two_has_questions_without_answers()
    {
        SquadDataset data = Parse(Qas(
            """{"id": "1", "question": "q", "answers": [], "is_impossible": true}, """ +
            """{"id": "2", "question": "q", "answers": [ANSWER], "is_impossible": false}"""));
        Assert.True(data.HasUnanswerable);
        Assert.Equal([true, false], data.Questions.Select(question => question.IsImpossible));
    }

    [Theory]
    [MemberData(nameof(Defects))]
    public void Names_the_place_of_every_defect(string content, string expected, string found)
    {
        DataFormatException error = Assert.Throws<DataFormatException>(() => Parse(content));
        Assert.Equal("some.json", error.File);
        Assert.Contains(expected, error.Expected);
        Assert.Contains(found, error.Found);
        Assert.InRange(error.Message.Length, 1, 300);
    }

    [Fact]
    public void Broken_json_has_a_line_and_broken_utf8_is_refused()
    {
        Assert.Equal(3, Assert.Throws<DataFormatException>(() => Parse("{\n\"data\":\nx}")).Line);
        byte[] latin = [.. "{\"data\": \""u8, 0xE9, .. "\"}"u8];
        Assert.Contains("UTF-8", Assert.Throws<DataFormatException>(() => SquadDataset.Parse(latin, "some.json")).Expected);
    }

    [Fact]
    public void Every_prefix_of_a_file_is_a_defect_or_a_data_set()
    {
        byte[] content = Encoding.UTF8.GetBytes(Qas("""{"id": "1", "question": "q", "answers": [ANSWER]}"""));
        for (int length = 0; length < content.Length; length++)
        {
            Assert.Throws<DataFormatException>(() => SquadDataset.Parse(content.AsMemory(0, length), "some.json"));
        }

        Assert.Single(SquadDataset.Parse(content, "some.json").Questions);
    }

    [Fact]
    public void Any_bytes_are_a_data_set_or_a_named_defect()
    {
        byte[] valid = Encoding.UTF8.GetBytes(Qas("""{"id": "1", "question": "q", "answers": [ANSWER], "is_impossible": false}"""));
        var random = new Random(6);
        int defects = 0;
        for (int i = 0; i < 2000; i++)
        {
            byte[] content = [.. valid];
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                content[random.Next(content.Length)] = (byte)random.Next(256);
            }

            try
            {
                Assert.NotEmpty(SquadDataset.Parse(content, "some.json").Questions);
            }
            catch (DataFormatException)
            {
                defects++;
            }
        }

        Assert.InRange(defects, 1000, 2000);
    }

    [Theory]
    [Trait("Category", "Shared")]
    [InlineData("train.json", 3547, 800)]
    [InlineData("dev.json", 1190, 240)]
    public void Data_sets_have_their_questions(string file, int questions, int paragraphs)
    {
        SquadDataset data = SquadDataset.Load(SharedFiles.Path($"data/SQuAD/{file}"));
        Assert.Equal(questions, data.Questions.Count);
        Assert.Equal(paragraphs, data.Questions.Select(question => question.Context).Distinct().Count());
        Assert.False(data.HasUnanswerable);
    }

    private static string Qas(string questions) =>
        """{"version": "1.1", "data": [{"title": "t", "paragraphs": [{"context": "the bridge 😀 is new", "qas": [QUESTIONS]}]}]}"""
            .Replace("QUESTIONS", questions, StringComparison.Ordinal).Replace("ANSWER", Answer, StringComparison.Ordinal);

    private static SquadDataset Parse(string content) => SquadDataset.Parse(Encoding.UTF8.GetBytes(content), "some.json");
}
