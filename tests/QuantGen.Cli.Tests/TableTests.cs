using System.Text.Json;

namespace QuantGen.Cli.Tests;

/// <summary>Tables in other formats than TSV, labels that are words, and how labels count.</summary>
public sealed class TableTests(CheckpointFixture files) : IClassFixture<CheckpointFixture>
{
    [Fact]
    public void Formats_give_the_same_rows()
    {
        string[][] rows = [.. File.ReadAllLines(files.Data).Skip(1).Select(line => line.Split('\t'))];
        Write("data.csv", "id,label,review\n" + string.Concat(rows.Select((row, i) => $"{i},{row[1]},\"{row[0]}\"\r\n")));
        Write("data.jsonl", string.Concat(rows.Select(row => JsonSerializer.Serialize(new { review = row[0], label = int.Parse(row[1]) }) + "\n")));
        Write("named.tsv", "label\treview\n" + string.Concat(rows.Select(row => $"{row[1]}\t{row[0]}\n")));
        string expected = Tool.Json("evaluate", files.Packed, "--data", files.Data).GetRawText();
        foreach (string name in new[] { "data.csv", "data.jsonl", "named.tsv" })
        {
            Assert.Equal(expected, Tool.Json("evaluate", files.Packed, "--data", files.File(name), "--text-column", "review").GetRawText());
        }
    }

    [Fact]
    public void Words_are_labels()
    {
        string words = Write("words.tsv", File.ReadAllText(files.Data).Replace("\t0\n", "\tnegative\n").Replace("\t1\n", "\tpositive\n"));
        Assert.Equal(Tool.Json("evaluate", files.Packed, "--data", files.Data).GetRawText(), Tool.Json("evaluate", files.Packed, "--data", words).GetRawText());
        string other = Write("other.csv", "text,label\nfun,joy\ndull,anger\nplot,none\n");
        Tool.Run("evaluate", files.Packed, "--data", other)
            .AssertFails(1, "other.csv:2: expected a label of negative, positive, the classes of this model, found 'joy'");
        string told = Tool.Text("train", "--from", files.Checkpoint, "--data", other, "-o", files.File("three"), "--max-steps", "1");
        Assert.Contains("3 labels from the data, where the checkpoint has 2: anger, joy, none", told);
        Assert.Equal(["anger", "joy", "none"], Labels("three"));
        Tool.Text(
            "train", "--from", files.Checkpoint, "--data", other, "-o", files.File("named"), "--max-steps", "1", "--labels", "none,joy,anger,fear",
            "--class-weights", "1,2,1,0", "--label-smoothing", "0.1");
        Assert.Equal(["none", "joy", "anger", "fear"], Labels("named"));
        Assert.Equal(3, Tool.Json("run", files.File("named"), "--data", other).GetArrayLength());
    }

    [Fact]
    public void More_classes_than_the_checkpoint_has_are_new_ones()
    {
        string data = Write("five.tsv", "sentence\tlabel\nfun\t4\ndull\t0\n");
        Assert.Contains(
            "5 labels from the data, where the checkpoint has 2",
            Tool.Text("train", "--from", files.Checkpoint, "--data", data, "-o", files.File("five"), "--max-steps", "1", "--class-weights", "balanced"));
        Assert.Equal(5, Labels("five").Length);
    }

    [Theory]
    [InlineData("--class-weights", "1,2,3", "--class-weights has 3 numbers, and this model has 2 classes")]
    [InlineData("--class-weights", "heavy", "--class-weights takes balanced or numbers from 0, joined by commas, and it is 'heavy'")]
    [InlineData("--labels", "one", "--labels takes two names or more")]
    public void Misuse_is_told(string option, string value, string message) => Tool
        .Run("train", "--from", files.Checkpoint, "--data", files.Data, "-o", files.File("never"), option, value).AssertFails(2, message);

    [Fact]
    public void A_file_without_labels_is_answered_and_not_measured()
    {
        string plain = Write("plain.tsv", "sentence\nfun film\nvery dull\n");
        Tool.Run("evaluate", files.Packed, "--data", plain).AssertFails(1, "plain.tsv:1: expected a column 'label', found none");
        Assert.Equal(2, Tool.Json("run", files.Packed, "--data", plain).GetArrayLength());
        Tool.Run("run", files.Packed, "--data", plain, "--text", "fun").AssertFails(2, "give --text or --data, not both");
    }

    [Fact]
    public void Long_texts_are_read_in_windows()
    {
        string text = string.Join(' ', Enumerable.Repeat("good film", 30));
        Tool.Run("run", files.Packed, "--text", text).AssertFails(1, "this model takes at most 24");
        double[] Logits(params string[] more) =>
            [.. Tool.Json(["run", files.Packed, "--text", text, .. more])[0].GetProperty("logits").EnumerateArray().Select(logit => logit.GetDouble())];
        (double[] mean, double[] most) = (Logits("--windows", "mean"), Logits("--windows", "max"));
        Assert.True(most[0] >= mean[0] && most[1] >= mean[1]);

        // A text that fits is one window.
        Assert.Equal(
            Tool.Json("run", files.Packed, "--text", "good film").GetRawText(),
            Tool.Json("run", files.Packed, "--text", "good film", "--windows", "max").GetRawText());
    }

    [Fact]
    public void Questions_may_have_no_answer()
    {
        string model = TinyCheckpoint.Write(files.File("questions"), "BertForQuestionAnswering");
        Write("questions.json", """
            { "data": [{ "paragraphs": [{ "context": "the film is fun", "qas": [{ "id": "1", "question": "a plot" }] }] }] }
            """);
        Assert.Equal(1, Tool.Json("run", model, "--data", files.File("questions.json")).GetArrayLength());
        Assert.Equal(1, Tool.Json("run", model, "--data", files.File("questions.json"), "--no-answer").GetArrayLength());
        Tool.Run("run", files.Packed, "--text", "fun", "--no-answer").AssertFails(2, "--no-answer needs a model that answers questions");
    }

    private string[] Labels(string name) =>
        [.. Tool.Json("inspect", files.File(name)).GetProperty("labels").EnumerateArray().Select(label => label.GetString()!)];

    private string Write(string name, string content)
    {
        File.WriteAllText(files.File(name), content);
        return files.File(name);
    }
}
