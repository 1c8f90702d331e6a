using System.Text.Json;

namespace QuantGen.Cli.Tests;

/// <summary>Small models of further families and activation functions against logits that an independent program computed in double precision.</summary>
[Trait("Category", "Shared")]
public sealed class TinyReferenceTests(CheckpointFixture files) : IClassFixture<CheckpointFixture>
{
    [Theory]
    [InlineData("bert-relu")]
    [InlineData("bert-silu")]
    [InlineData("bert-tanh")]
    [InlineData("distilbert-cls")]
    [InlineData("electra-emb")]
    public void Full_precision_equals_the_reference(string model)
    {
        foreach (JsonElement[] rows in Rows(model))
        {
            foreach ((JsonElement row, double[] logits) in rows.Zip(Logits(SharedFiles.Path("models/tiny/" + model), rows)))
            {
                double[] wanted = [.. row.GetProperty("logits").EnumerateArray().Select(logit => logit.GetDouble())];
                Assert.Equal(wanted.Length, logits.Length);
                Assert.All(wanted.Zip(logits), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, 1e-5));
            }
        }
    }

    [Theory]
    [InlineData("distilbert-cls", "2")]
    [InlineData("distilbert-cls", "4")]
    [InlineData("distilbert-cls", "8")]
    [InlineData("electra-emb", "2")]
    [InlineData("electra-emb", "4")]
    [InlineData("electra-emb", "8")]
    public void Quantized_models_run_and_eight_bits_keep_the_logits(string model, string bits)
    {
        string output = files.File($"{model}-{bits}.qg.safetensors");
        JsonElement json = Tool.Json("quantize", SharedFiles.Path("models/tiny/" + model), "-o", output, "--bits", bits);
        Assert.Equal(new FileInfo(output).Length, json.GetProperty("bytes_total").GetInt64());
        foreach (JsonElement[] rows in Rows(model))
        {
            foreach ((JsonElement row, double[] logits) in rows.Zip(Logits(output, rows)))
            {
                double[] wanted = [.. row.GetProperty("logits").EnumerateArray().Select(logit => logit.GetDouble())];
                Assert.Equal(wanted.Length, logits.Length);
                Assert.All(logits, logit => Assert.True(double.IsFinite(logit)));
                if (bits == "8")
                {
                    Assert.All(wanted.Zip(logits), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, 0.05));
                }
            }
        }
    }

    [Theory]
    [InlineData("bert-relu", "bert.pooler.dense.weight", "classifier.bias")]
    [InlineData("bert-silu", "bert.pooler.dense.weight", "classifier.bias")]
    [InlineData("distilbert-cls", "distilbert.transformer.layer.2.ffn.lin2.weight", "pre_classifier.weight", "classifier.bias")]
    [InlineData("electra-emb", "electra.embeddings_project.bias", "classifier.dense.weight", "classifier.out_proj.bias")]
    public void Trained_checkpoints_have_the_names_they_came_with_and_are_distilled(string model, params string[] names)
    {
        string start = SharedFiles.Path("models/tiny/" + model);
        string data = files.File(model + ".tsv");
        IEnumerable<string> lines = Rows(model).SelectMany(rows => rows).Select((row, i) => $"{row.GetProperty("text")}\t{i % 3}\n");
        File.WriteAllText(data, "sentence\tlabel\n" + string.Concat(lines));
        string trained = files.File(model + "-trained");
        Tool.Json("train", "--from", start, "--data", data, "-o", trained, "--max-steps", "4", "--max-length", "32");
        using (Checkpoints.SafetensorsFile before = Checkpoints.SafetensorsFile.Open(Path.Combine(start, "model.safetensors")))
        using (Checkpoints.SafetensorsFile after = Checkpoints.SafetensorsFile.Open(Path.Combine(trained, "model.safetensors")))
        {
            Assert.Equal(Names(before), Names(after));
            Assert.All(names, name => Assert.True(after.TryGet(name, out _), name));
        }

        Assert.Equal(12, Tool.Json("evaluate", trained, "--data", data).GetProperty("rows").GetInt32());
        string student = files.File(model + "-student.qg.safetensors");
        JsonElement json = Tool.Json(
            "distill", "--teacher", trained, "--data", data, "--eval-data", data, "-o", student, "--bits", "2", "--scheme", "lsq", "--max-steps", "4",
            "--batch", "4");
        Assert.Equal(json.GetProperty("value").GetDouble(), Tool.Json("evaluate", student, "--data", data).GetProperty("value").GetDouble());
    }

    private static IEnumerable<string> Names(Checkpoints.SafetensorsFile file) =>
        file.Tensors.Select(tensor => tensor.Name).Order(StringComparer.Ordinal);

    // Single texts and pairs: a call has one kind.
    private static IEnumerable<JsonElement[]> Rows(string model)
    {
        using JsonDocument reference = JsonDocument.Parse(File.ReadAllText(SharedFiles.Path($"models/tiny/{model}/reference.json")));
        JsonElement[] rows = [.. reference.RootElement.Clone().GetProperty("rows").EnumerateArray()];
        return rows.GroupBy(row => row.TryGetProperty("pair", out _)).Select(group => group.ToArray());
    }

    private static IEnumerable<double[]> Logits(string model, JsonElement[] rows)
    {
        string[] texts = [.. rows.SelectMany(row => new[] { "--text", row.GetProperty("text").GetString()! })];
        IEnumerable<JsonElement> seconds = rows.Where(row => row.TryGetProperty("pair", out _)).Select(row => row.GetProperty("pair"));
        string[] pairs = [.. seconds.SelectMany(text => new[] { "--pair", text.GetString()! })];
        return Tool.Json(["run", model, .. texts, .. pairs]).EnumerateArray()
            .Select(row => row.GetProperty("logits").EnumerateArray().Select(logit => logit.GetDouble()).ToArray());
    }
}
