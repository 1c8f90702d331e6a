using System.Text.Json;
using QuantGen.Cli.Models;
using QuantGen.Execution;
using QuantGen.Packed;
using QuantGen.Training.Evaluation;

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

    [Fact]
    public void Log_probabilities_of_hidden_words_equal_the_reference()
    {
        using var folder = new TemporaryFolder();
        using PackedModel packed = ModelPath.Open(SharedFiles.Path("models/sotu-mlm"), default);
        using InferenceSession session = new SessionLoader(4096, Threads: 2, UsesCache: true).Load(packed, default);
        using JsonDocument reference = JsonDocument.Parse(File.ReadAllText(SharedFiles.Path("models/sotu-mlm/reference.json")));
        int count = 0;
        foreach (JsonElement row in reference.RootElement.GetProperty("rows").EnumerateArray())
        {
            int[] ids = Integers(row, "input_ids");
            int[] places = Integers(row, "masked_positions");
            int[] targets = Integers(row, "targets");
            float[] outputs = new float[places.Length * session.Spec.OutputCount];
            session.RunMasked(ids, new byte[ids.Length], [ids.Length], places, outputs);
            for (int i = 0; i < places.Length; i++)
            {
                double expected = row.GetProperty("log_probabilities")[i].GetDouble();
                double found = MaskedTextEvaluator.LogProbability(outputs.AsSpan(i * session.Spec.OutputCount, session.Spec.OutputCount), targets[i]);
                Assert.InRange(found - expected, -1e-4, 1e-4);
                count++;
            }
        }

        Assert.True(count > 500);
    }

    [Fact]
    public void Perplexity_of_other_hidden_words_is_near_the_reference()
    {
        JsonElement json = Tool.Json("evaluate", SharedFiles.Path("models/sotu-mlm"), "--text", SharedFiles.Path("text/sotu-dev.txt"), "--max-length", "64");
        using JsonDocument reference = JsonDocument.Parse(File.ReadAllText(SharedFiles.Path("models/sotu-mlm/reference.json")));
        double expected = reference.RootElement.GetProperty("dev_perplexity").GetDouble();

        // The reference left a tenth of its targets in sight and put other words in the place of another tenth; here all are hidden.
        Assert.InRange(json.GetProperty("value").GetDouble() / expected, 1.0, 1.4);
    }

    private static int[] Integers(JsonElement row, string name) => [.. row.GetProperty(name).EnumerateArray().Select(value => value.GetInt32())];
}
