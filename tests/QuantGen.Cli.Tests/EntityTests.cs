using System.Text;
using System.Text.Json;

namespace QuantGen.Cli.Tests;

/// <summary>A model that finds names learns to, is measured, quantized and run.</summary>
public sealed class EntityTests : IDisposable
{
    private static readonly string[] s_persons = ["anna", "bell", "carl", "dora", "emil", "frank", "greta", "hans"];
    private static readonly string[] s_places = ["oslo", "rome", "lima", "cairo", "bern", "york"];
    private static readonly string[] s_others = ["met", "in", "the", "went", "to", "from", "saw", "and", "new", "old", "."];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Names_are_learnt()
    {
        string output = At("tagger");
        string told = Tool.Text(
            "train", "--config", Config(), "--vocabulary", Vocabulary(), "--data", Sentences("train.conll", 1, 160), "--eval-data",
            Sentences("dev.txt", 2, 60), "-o", output, "--epochs", "12", "--batch", "8", "--learning-rate", "3e-3");
        Assert.Contains("5 labels from the data: O, B-LOC, B-PER, I-LOC, I-PER", told);

        JsonElement score = Tool.Json("evaluate", output, "--data", At("dev.txt"));
        Assert.Equal("f1", score.GetProperty("metric").GetString());
        Assert.InRange(score.GetProperty("value").GetDouble(), 0.95, 1);
        Assert.Equal(60, score.GetProperty("rows").GetInt32());

        JsonElement found = Tool.Json("run", output, "--text", "Dora Hans went to New York .")[0].GetProperty("entities");
        Assert.Equal(
            ["Dora Hans PER 0-9", "New York LOC 18-26"],
            found.EnumerateArray().Select(entity =>
                $"{entity.GetProperty("text")} {entity.GetProperty("label")} {entity.GetProperty("start")}-{entity.GetProperty("end")}"));
        Assert.Contains("dora/B-PER", Tool.Text("run", output, "--text", "Dora saw Rome", "--aggregation", "none"));

        // Far longer than the model's 24 positions.
        string text = string.Join(' ', Enumerable.Repeat("anna bell met carl in old rome .", 8));
        JsonElement many = Tool.Json("run", output, "--text", text, "--aggregation", "first")[0].GetProperty("entities");
        Assert.InRange(many.GetArrayLength(), 20, 30);
        Assert.Equal(text.LastIndexOf("rome", StringComparison.Ordinal) + 4, many.EnumerateArray().Last().GetProperty("end").GetInt32());

        string packed = At("tagger.qg.safetensors");
        Tool.Json("quantize", output, "-o", packed, "--bits", "8");
        Assert.InRange(Tool.Json("evaluate", packed, "--data", At("dev.txt"), "--max-length", "8").GetProperty("value").GetDouble(), 0.8, 1);
    }

    [Fact]
    public void Labels_of_a_checkpoint_stay_where_they_hold_the_data()
    {
        string data = Sentences("train.conll", 1, 4);
        string same = TinyCheckpoint.Write(At("same"), "BertForTokenClassification", "B-LOC", "I-LOC", "B-PER", "I-PER", "O", "B-ORG");
        Assert.DoesNotContain("from the data", Tool.Text("train", "--from", same, "--data", data, "-o", At("kept"), "--max-steps", "1"));
        Assert.Equal("B-ORG", Labels(At("kept"))[5]);

        string other = TinyCheckpoint.Write(At("other"), "BertForTokenClassification", "O", "B-ORG", "I-ORG");
        string told = Tool.Text("train", "--from", other, "--data", data, "-o", At("new"), "--max-steps", "1");
        Assert.Contains("5 labels from the data, where the checkpoint has 3: O, B-LOC, B-PER, I-LOC, I-PER", told);
        Assert.Equal(["O", "B-LOC", "B-PER", "I-LOC", "I-PER"], Labels(At("new")));
    }

    [Fact]
    public void A_line_without_a_tag_is_named()
    {
        string checkpoint = TinyCheckpoint.Write(At("tagger"), "BertForTokenClassification", "O", "B-PER");
        File.WriteAllText(At("bad.conll"), "anna B-PER\nbell\n");
        Tool.Run("evaluate", checkpoint, "--data", At("bad.conll")).AssertFails(1, "bad.conll:2: expected a word and its tag, found 'bell'");
        Tool.Run("run", TinyCheckpoint.Write(At("classes")), "--text", "fun", "--aggregation", "max")
            .AssertFails(2, "--aggregation needs a model that tags words");
    }

    private static string[] Labels(string model) => [.. Tool.Json("inspect", model).GetProperty("labels").EnumerateArray().Select(label => label.GetString()!)];

    private string Config()
    {
        string checkpoint = TinyCheckpoint.Write(At("dimensions"), 5 + Words.Length, "BertModel");
        return Path.Combine(checkpoint, "config.json");
    }

    private static string[] Words => [.. s_persons, .. s_places, .. s_others];

    private string Vocabulary()
    {
        File.WriteAllText(At("vocab.txt"), string.Join('\n', ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", .. Words]) + "\n");
        return At("vocab.txt");
    }

    private string Sentences(string name, int seed, int count)
    {
        var random = new Random(seed);
        var text = new StringBuilder("-DOCSTART- -X- O\n\n");
        for (int i = 0; i < count; i++)
        {
            Person();
            Word(random.Next(2) == 0 ? "met" : "saw");
            Person();
            if (random.Next(2) == 0)
            {
                Word(random.Next(2) == 0 ? "in" : "from");
                Place();
            }
            else
            {
                Word("and");
                Word("went");
                Word("to");
                Place();
            }

            Word(".");
            text.Append('\n');
        }

        File.WriteAllText(At(name), text.ToString());
        return At(name);

        void Word(string word, string tag = "O") => text.Append(word).Append(" X ").Append(tag).Append('\n');

        void Person()
        {
            Word(s_persons[random.Next(s_persons.Length)], "B-PER");
            if (random.Next(2) == 0)
            {
                Word(s_persons[random.Next(s_persons.Length)], "I-PER");
            }
        }

        void Place()
        {
            bool isTwo = random.Next(2) == 0;
            if (isTwo)
            {
                Word(random.Next(2) == 0 ? "new" : "old", "B-LOC");
            }

            Word(s_places[random.Next(s_places.Length)], isTwo ? "I-LOC" : "B-LOC");
        }
    }

    private string At(string name) => Path.Combine(_folder.Path, name);
}
