using System.Text.Json;

namespace QuantGen.Cli.Tests;

/// <summary>Questions on the command line.</summary>
public sealed class QuestionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Evaluate_measures_a_checkpoint_and_its_student_as_training_did(bool hasImpossible)
    {
        string data = WriteQuestions(hasImpossible);
        string start = TinyCheckpoint.Write(File("start"), "BertForQuestionAnswering");
        string[] training =
        [
            "--data", data, "--eval-data", data, "--epochs", "12", "--batch", "4", "--learning-rate", "3e-3", "--dropout", "0", "--max-length", "24",
        ];
        string teacher = File("teacher");
        JsonElement trained = Tool.Json(["train", "--from", start, "-o", teacher, .. training]);
        Assert.InRange(trained.GetProperty("value").GetDouble(), 60, 100);
        AssertSame(trained, Tool.Json("evaluate", teacher, "--data", data), windows: 8);

        string packed = File("student.qg.safetensors");
        JsonElement distilled = Tool.Json(["distill", "--teacher", teacher, "-o", packed, "--bits", "4", .. training]);
        AssertSame(distilled, Tool.Json("evaluate", packed, "--data", data), windows: 8);
        AssertSame(
            Tool.Json("evaluate", packed, "--data", data),
            Tool.Json("evaluate", packed, "--data", data, "--shuffle", "3", "--batch-tokens", "1", "--threads", "1"), windows: 8);
        Assert.Contains("8 questions, 8 windows", Tool.Text("evaluate", packed, "--data", data));
    }

    [Fact]
    public void Answers_that_are_written_are_those_of_run_and_are_scored_as_the_official_script_does()
    {
        string data = WriteQuestions(hasImpossible: false);
        string model = TinyCheckpoint.Write(File("random"), "BertForQuestionAnswering");
        string answers = File("answers.json");
        JsonElement json = Tool.Json("evaluate", model, "--data", data, "--answers", answers);
        Dictionary<string, string> found = JsonSerializer.Deserialize<Dictionary<string, string>>(System.IO.File.ReadAllText(answers))!;
        (double exact, double f1) = (0, 0);
        foreach ((string id, string question, string context, string gold) in Questions)
        {
            Assert.Equal(Tool.Json("run", model, "--text", question, "--pair", context)[0].GetProperty("answer").GetString(), found[id]);
            List<string> predicted = Words(found[id]);
            List<string> wanted = Words(gold);
            exact += predicted.SequenceEqual(wanted) ? 1 : 0;
            double common = wanted.Distinct().Sum(word => Math.Min(wanted.Count(w => w == word), predicted.Count(w => w == word)));
            f1 += common == 0 ? 0 : 2 * common / (predicted.Count + wanted.Count);
        }

        Assert.Equal(100 * exact / Questions.Length, json.GetProperty("all").GetProperty("exact_match").GetDouble(), 1e-9);
        Assert.Equal(100 * f1 / Questions.Length, json.GetProperty("all").GetProperty("f1").GetDouble(), 1e-9);
        Assert.InRange(f1, 0.1, Questions.Length - 0.1);
    }

    [Fact]
    public void Long_contexts_are_read_in_windows()
    {
        string data = WriteQuestions(hasImpossible: false);
        string model = TinyCheckpoint.Write(File("windows"), "BertForQuestionAnswering");
        JsonElement json = Tool.Json("evaluate", model, "--data", data, "--max-length", "10");
        Assert.Equal(8, json.GetProperty("rows").GetInt32());
        Assert.InRange(json.GetProperty("windows").GetInt32(), 9, 100);
        Tool.Run("evaluate", model, "--data", data, "--max-length", "6")
            .AssertFails(1, "squad.json: expected questions that leave room for a context in windows of 6 tokens, found question 'q1', which leaves none");
    }

    [Fact]
    public void Misuse_is_explained()
    {
        string data = WriteQuestions(hasImpossible: false);
        string classifier = TinyCheckpoint.Write(File("classifier"));
        Tool.Run("evaluate", classifier, "--data", data)
            .AssertFails(1, "this model has the head sequence_classification, and only question_answering can be evaluated on questions");
        Tool.Run("evaluate", classifier, "--data", data, "--logits", "x").AssertFails(2, "--logits needs --data with labelled rows");
        Tool.Run("evaluate", classifier, "--data", TinyCheckpoint.WriteData(File("rows.tsv")), "--answers", "x")
            .AssertFails(2, "--answers needs --data with questions");
        Tool.Run("evaluate", classifier, "--data", File("none.json")).AssertFails(1, "none.json");
        string broken = File("broken.json");
        System.IO.File.WriteAllText(
            broken, """{"data":[{"paragraphs":[{"context":"a film","qas":[{"id":"1","question":"what ?","answers":[{"text":"plot","answer_start":2}]}]}]}]}""");
        Tool.Run("evaluate", classifier, "--data", broken).AssertFails(1, "broken.json");
    }

    [Fact]
    [Trait("Category", "Shared")]
    public void Evaluate_measures_real_questions_as_training_did()
    {
        string dev = SharedFiles.Path("data/SQuAD/dev.json");
        string output = File("real");
        string[] line =
        [
            "train", "--from", SharedFiles.Path("models/trec"), "--data", SharedFiles.Path("data/SQuAD/train.json"), "--eval-data", dev, "-o", output,
        ];
        JsonElement trained = Tool.Json([.. line, "--max-steps", "20", "--learning-rate", "1e-3", "--max-length", "192"]);
        JsonElement measured = Tool.Json("evaluate", output, "--data", dev, "--max-length", "192");
        Assert.Equal(1190, measured.GetProperty("rows").GetInt32());
        AssertSame(trained, measured, measured.GetProperty("windows").GetInt32());
        Assert.InRange(measured.GetProperty("value").GetDouble(), 1, 50);
    }

    private static readonly (string Id, string Question, string Context, string Gold)[] Questions =
    [
        ("q1", "good film .", "the film is good . the plot is bad .", "the film"),
        ("q2", "bad film .", "the film is good . the plot is bad .", "the plot"),
        ("q3", "good film .", "a plot is very good . the film is not .", "a plot"),
        ("q4", "bad film .", "a dull plot is bad . the fun film is good .", "dull plot"),
        ("q5", "good plot .", "the fun is good . the film is dull .", "fun"),
        ("q6", "bad plot .", "film is bad . fun is good .", "film"),
        ("q7", "good plot .", "film is bad . fun is good .", "fun"),
        ("q8", "bad plot .", "the very dull film is bad .", "very dull film"),
    ];

    private static void AssertSame(JsonElement expected, JsonElement found, int windows)
    {
        Assert.Equal("f1", found.GetProperty("metric").GetString());
        Assert.Equal(expected.GetProperty("value").GetDouble(), found.GetProperty("value").GetDouble());
        Assert.Equal(expected.GetProperty("all").GetRawText(), found.GetProperty("all").GetRawText());
        Assert.Equal(windows, found.GetProperty("windows").GetInt32());
    }

    private static List<string> Words(string text) => [.. text.Split(' ').Where(word => word is not ("a" or "the" or "." or ""))];

    private string File(string name) => Path.Combine(_folder.Path, name);

    private string WriteQuestions(bool hasImpossible)
    {
        object Question((string Id, string Question, string Context, string Gold) row, int i)
        {
            bool isImpossible = hasImpossible && i % 4 == 3;
            object[] answers = isImpossible ? [] : [new { text = row.Gold, answer_start = row.Context.IndexOf(row.Gold, StringComparison.Ordinal) }];
            object question = hasImpossible
                ? new { id = row.Id, question = row.Question, answers, is_impossible = isImpossible }
                : new { id = row.Id, question = row.Question, answers };
            return new { context = row.Context, qas = new[] { question } };
        }

        string path = File("squad.json");
        System.IO.File.WriteAllText(path, JsonSerializer.Serialize(new { data = new[] { new { paragraphs = Questions.Select(Question) } } }));
        return path;
    }
}
