using System.Text.Json;

namespace QuantGen.Cli.Tests;

/// <summary>Models of which any number of labels may hold.</summary>
public sealed class MultiLabelTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Labels_are_learnt_measured_packed_and_run()
    {
        string from = TinyCheckpoint.Write(At("plain"), "BertModel");
        string data = WriteWords("data.tsv", asColumns: false);
        string output = At("model");
        string told = Tool.Text(
            "train", "--config", Path.Combine(from, "config.json"), "--vocabulary", Path.Combine(from, "vocab.txt"), "--data", data, "--eval-data", data,
            "--multi-label", "-o", output, "--epochs", "80", "--batch", "8", "--learning-rate", "1e-3",
            "--dropout", "0", "--attention-dropout", "0");
        Assert.Contains("3 labels from the data", told);
        Assert.Contains("f1 fun", told);
        using JsonDocument config = JsonDocument.Parse(File.ReadAllText(Path.Combine(output, "config.json")));
        Assert.Equal("multi_label_classification", config.RootElement.GetProperty("problem_type").GetString());

        JsonElement score = Tool.Json("evaluate", output, "--data", data);
        Assert.Equal("micro_f1", score.GetProperty("metric").GetString());
        Assert.InRange(score.GetProperty("value").GetDouble(), 0.9, 1);
        Assert.Equal(
            score.GetProperty("logits_sha256").GetString(),
            Tool.Json("evaluate", output, "--data", WriteWords("columns.csv", asColumns: true), "--label-column", "dull,film,fun").GetProperty("logits_sha256")
                .GetString());

        string packed = At("model.qg.safetensors");
        Tool.Json("quantize", output, "-o", packed, "--bits", "8");
        JsonElement[] rows = [.. Tool.Json("run", packed, "--text", "the film is fun", "--text", "very dull plot", "--text", "a plot").EnumerateArray()];
        Assert.Equal(["film, fun", "dull", string.Empty], rows.Select(Labels));
        Assert.Equal(string.Empty, Labels(Tool.Json("run", packed, "--text", "the film is fun", "--threshold", "1")[0]));
        Assert.InRange(Tool.Json("evaluate", packed, "--data", data, "--threshold", "0.4").GetProperty("value").GetDouble(), 0.85, 1);
    }

    [Fact]
    public void Threshold_needs_such_a_model()
    {
        string classes = TinyCheckpoint.Write(At("classes"));
        Tool.Run("run", classes, "--text", "fun", "--threshold", "0.2").AssertFails(2, "--threshold needs a model of which any number of labels may hold");
    }

    [Fact]
    public void An_unknown_label_is_named()
    {
        string model = TinyCheckpoint.Write(At("model"), "BertForSequenceClassification", "a", "b", "c");
        string config = Path.Combine(model, "config.json");
        File.WriteAllText(config, File.ReadAllText(config).Replace("\"hidden_act\"", "\"problem_type\": \"multi_label_classification\", \"hidden_act\""));
        File.WriteAllText(At("bad.tsv"), "sentence\tlabel\nfun\ta,b\ndull\t\nplot\ta,x\n");
        Tool.Run("evaluate", model, "--data", At("bad.tsv")).AssertFails(1, "bad.tsv:4: expected labels of a, b, c, the classes of this model, found 'x'");
    }

    private static string Labels(JsonElement row) => string.Join(", ", row.GetProperty("labels").EnumerateArray().Select(label => label.GetString()).Order());

    private string WriteWords(string name, bool asColumns)
    {
        string[] labels = ["dull", "film", "fun"];
        var random = new Random(3);
        IEnumerable<string> rows = Enumerable.Range(0, 80).Select(_ =>
        {
            string[] some = [.. Enumerable.Range(0, random.Next(2, 7)).Select(_ => TinyCheckpoint.Words[random.Next(10)])];
            string[] words = random.Next(2) == 0 ? [.. some, "fun"] : some;
            string text = string.Join(' ', words);
            return asColumns
                ? $"\"{text}\",{string.Join(',', labels.Select(label => words.Contains(label) ? "1" : "0"))}"
                : $"{text}\t{string.Join(',', labels.Where(words.Contains))}";
        });
        File.WriteAllText(At(name), (asColumns ? "text,dull,film,fun\n" : "sentence\tlabel\n") + string.Join('\n', rows) + "\n");
        return At(name);
    }

    private string At(string name) => Path.Combine(_folder.Path, name);
}
