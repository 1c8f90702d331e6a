using System.Text.Json;

namespace QuantGen.Cli.Tests;

public sealed class RunTests(CheckpointFixture files) : IClassFixture<CheckpointFixture>
{
    [Fact]
    public void Classifies_texts_in_order()
    {
        JsonElement json = Tool.Json("run", files.Packed, "--text", "good fun", "--text", "bad plot", "--pair", "the film", "--pair", "dull");
        JsonElement[] rows = [.. json.EnumerateArray()];
        Assert.Equal(["good fun", "bad plot"], rows.Select(row => row.GetProperty("text").GetString()));
        Assert.All(rows, row =>
        {
            double[] logits = [.. row.GetProperty("logits").EnumerateArray().Select(logit => logit.GetDouble())];
            Assert.Equal(logits[0] >= logits[1] ? "negative" : "positive", row.GetProperty("label").GetString());
            Assert.Equal(1 / (1 + Math.Exp(-Math.Abs(logits[0] - logits[1]))), row.GetProperty("probability").GetDouble(), 1e-5);
        });
    }

    [Fact]
    public void Prints_a_line_for_each_line_of_standard_input()
    {
        ToolResult result = Tool.Run("good\nbad film\n", ["run", files.Packed]);
        Assert.Equal(0, result.Code);
        Assert.Equal(2, result.Output.Count(c => c == '\n'));
        Assert.EndsWith("bad film", result.Output.TrimEnd());
    }

    [Fact]
    public void Truncates_only_when_asked()
    {
        string text = string.Concat(Enumerable.Repeat("film ", 40));
        Tool.Run("run", files.Packed, "--text", "fun", "--text", text)
            .AssertFails(1, "text 2 has 42 tokens, and this model takes at most 24; truncate with --max-length 24");
        string cut = string.Concat(Enumerable.Repeat("film ", 8));
        JsonElement truncated = Tool.Json("run", files.Packed, "--text", text, "--max-length", "10");
        JsonElement shorter = Tool.Json("run", files.Packed, "--text", cut);
        Assert.Equal(shorter[0].GetProperty("logits").ToString(), truncated[0].GetProperty("logits").ToString());
    }

    [Theory]
    [InlineData("BertModel", "vector")]
    [InlineData("AlbertForSequenceClassification", "label")]
    [InlineData("BertForTokenClassification", "tags", false)]
    [InlineData("BertForQuestionAnswering", "answer")]
    public void Answers_as_the_head_does(string architecture, string member, bool takesPairs = true)
    {
        string directory = TinyCheckpoint.Write(files.File(architecture), architecture);
        string[] command = ["run", directory, "--text", "the film is fun", .. takesPairs ? ["--pair", "a very dull plot ."] : (string[])[]];
        JsonElement json = Tool.Json(command);
        Assert.True(json[0].TryGetProperty(member, out _), json.ToString());
        Assert.NotEmpty(Tool.Text(command));
    }

    [Fact]
    public void A_tagger_takes_no_pair()
    {
        string directory = TinyCheckpoint.Write(files.File("tagger"), "BertForTokenClassification");
        Tool.Run("run", directory, "--text", "the film", "--pair", "is fun").AssertFails(2, "leave out --pair");
        ToolResult lines = Tool.Run("the film\tis fun\nfun\n", ["run", directory]);
        Assert.Equal((1, "quantgen: line 1 has a second text after a tab, and this model tags the words of one\n"), (lines.Code, lines.Error));
        Assert.StartsWith("fun/", lines.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void One_line_too_long_takes_no_answer_from_the_others()
    {
        string text = string.Concat(Enumerable.Repeat("film ", 40));
        string input = $"fun\n{text}\ndull\n{text}\n";
        ToolResult result = Tool.Run(input, ["run", files.Packed]);
        Assert.Equal(1, result.Code);
        Assert.Equal(
            "quantgen: line 2 has 42 tokens, and this model takes at most 24; truncate with --max-length 24; " +
                "line 4 has 42 tokens, and this model takes at most 24; truncate with --max-length 24\n",
            result.Error);
        Assert.Equal(2, result.Output.Count(c => c == '\n'));
        Assert.EndsWith("dull", result.Output.TrimEnd(), StringComparison.Ordinal);

        JsonElement[] rows = [.. JsonDocument.Parse(Tool.Run(input, ["run", files.Packed, "--json"]).Output).RootElement.EnumerateArray()];
        Assert.Equal([false, true, false, true], rows.Select(row => row.TryGetProperty("error", out _)));
        Assert.Equal(0, Tool.Run(input, ["run", files.Packed, "--max-length", "24"]).Code);
    }

    [Fact]
    public void One_logit_has_the_probability_of_its_sigmoid()
    {
        string directory = TinyCheckpoint.Write(files.File("one-logit"), "BertForSequenceClassification", "relevant");
        string config = Path.Combine(directory, "config.json");
        File.WriteAllText(config, File.ReadAllText(config).Replace("\"model_type\"", "\"problem_type\": \"single_label_classification\", \"model_type\""));
        JsonElement row = Tool.Json("run", directory, "--text", "fun")[0];
        double logit = row.GetProperty("logits")[0].GetDouble();
        Assert.Equal(1 / (1 + Math.Exp(-logit)), row.GetProperty("probability").GetDouble(), 1e-6);
    }

    [Fact]
    public void Computes_a_real_output()
    {
        string directory = TinyCheckpoint.Write(files.File("regression"), "BertForSequenceClassification", "score");
        JsonElement json = Tool.Json("run", directory, "--text", "fun");
        Assert.Equal(json[0].GetProperty("value").GetDouble(), json[0].GetProperty("logits")[0].GetDouble());
    }

    [Fact]
    public void A_question_needs_a_context()
    {
        string directory = TinyCheckpoint.Write(files.File("BertForQuestionAnswering"), "BertForQuestionAnswering");
        Tool.Run("run", directory, "--text", "is the film fun").AssertFails(2, "--pair");
    }
}
