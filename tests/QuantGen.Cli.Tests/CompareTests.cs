using System.Globalization;
using System.Text.Json;

namespace QuantGen.Cli.Tests;

/// <summary>Two models measured on the same file, of whatever kind the file is.</summary>
public sealed class CompareTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("BertForMaskedLM", "texts.txt", "good film\nthe plot is very bad .\nnot a dull film\n", "--text", 100)]
    [InlineData("BertForTokenClassification", "words.conll", "good B-LOC\nfilm O\n\ndull O\nplot B-LOC\n", "--data", 100)]
    [InlineData("BertForQuestionAnswering", "squad.json", Squad, "--data", 1)]
    public void Files_of_every_kind_are_measured_as_evaluate_does(string architecture, string name, string content, string option, double hundredths)
    {
        string[] labels = architecture == "BertForTokenClassification" ? ["O", "B-LOC"] : [];
        string model = TinyCheckpoint.Write(At("model"), architecture, labels);
        string packed = At("model.qg.safetensors");
        Tool.Json("quantize", model, "-o", packed, "--bits", "2", "--method", "nearest");
        File.WriteAllText(At(name), content);
        JsonElement json = Tool.Json("compare", model, packed, "--data", At(name));
        (JsonElement a, JsonElement b) = (Tool.Json("evaluate", model, option, At(name)), Tool.Json("evaluate", packed, option, At(name)));
        Assert.Equal(a.GetProperty("metric").GetString(), json.GetProperty("metric").GetString());
        (double before, double after) = (a.GetProperty("value").GetDouble(), b.GetProperty("value").GetDouble());
        Assert.Equal(before, json.GetProperty("a").GetProperty("value").GetDouble());
        Assert.Equal(after, json.GetProperty("b").GetProperty("value").GetDouble());

        double drop = option == "--text" ? 100 * ((after / before) - 1) : hundredths * (before - after);
        string[] compare = ["compare", model, packed, "--data", At(name), "--max-drop"];
        Assert.Equal(0, Tool.Run([.. compare, Text(drop + 0.01)]).Code);
        ToolResult broken = Tool.Run([.. compare, Text(drop - 0.01)]);
        Assert.Equal(1, broken.Code);
        Assert.Contains(option == "--text" ? "percent higher" : "hundredths lower", broken.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Models_of_different_tasks_are_not_compared()
    {
        string classifier = TinyCheckpoint.Write(At("classifier"));
        string other = TinyCheckpoint.Write(At("other"), "BertForSequenceClassification", "a", "b", "c");
        string data = TinyCheckpoint.WriteData(At("data.tsv"));
        Tool.Run("compare", classifier, other, "--data", data).AssertFails(1, "A has 2 outputs and accuracy, B has 3 outputs and accuracy: nothing to compare");
    }

    private const string Squad =
        """
        {"version":"1.1","data":[{"title":"t","paragraphs":[{"context":"the film is good and the plot is dull","qas":[
        {"id":"q1","question":"is the film good","answers":[{"text":"good","answer_start":12}]},
        {"id":"q2","question":"the plot is","answers":[{"text":"dull","answer_start":33}]}]}]}]}
        """;

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private string At(string name) => Path.Combine(_folder.Path, name);
}
