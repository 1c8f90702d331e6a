using System.Text.Json;

namespace QuantGen.Cli.Tests;

[Trait("Category", "Shared")]
public sealed class SharedModelTests
{
    [Theory]
    [InlineData("sst2", "SST-2/dev.tsv", "accuracy")]
    [InlineData("trec", "TREC/test.tsv", "accuracy")]
    [InlineData("stsb", "STS-B/dev.tsv", "pearson")]
    [InlineData("sst2-albert", "SST-2/dev.tsv", "accuracy", "--max-length", "64")]
    public void Full_precision_equals_the_reference_on_every_row(string model, string data, string metric, params string[] options)
    {
        using var folder = new TemporaryFolder();
        string logits = Path.Combine(folder.Path, "logits.tsv");
        JsonElement json = Tool.Json(["evaluate", SharedFiles.Path("models/" + model), "--data", SharedFiles.Path("data/" + data), "--logits", logits, .. options]);
        using JsonDocument reference = JsonDocument.Parse(File.ReadAllText(SharedFiles.Path($"models/{model}/reference.json")));
        Assert.Equal(metric, json.GetProperty("metric").GetString());

        // The reference is an average of 32-bit numbers; a correlation is a double that small differences of logits reach.
        double expected = reference.RootElement.GetProperty("dev_metric").GetDouble();
        double tolerance = metric == "accuracy" ? 0 : 1e-6;
        Assert.InRange((float)json.GetProperty("value").GetDouble() - (float)expected, -tolerance, tolerance);
        string[] lines = File.ReadAllLines(logits);
        Assert.Equal(reference.RootElement.GetProperty("rows").GetArrayLength(), lines.Length);
        foreach ((JsonElement row, string line) in reference.RootElement.GetProperty("rows").EnumerateArray().Zip(lines))
        {
            double[] found = [.. line.Split('\t').Select(text => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture))];
            double[] wanted = [.. row.GetProperty("logits").EnumerateArray().Select(logit => logit.GetDouble())];
            Assert.Equal(wanted.Length, found.Length);
            Assert.All(wanted.Zip(found), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, 1e-4));
        }
    }
}
