using System.Security.Cryptography;
using System.Text.Json;

namespace QuantGen.Cli.Tests;

public sealed class EvaluateTests(CheckpointFixture files) : IClassFixture<CheckpointFixture>
{
    [Fact]
    public void Hash_of_the_logits_is_that_of_the_file()
    {
        string logits = files.File("logits.tsv");
        JsonElement json = Tool.Json("evaluate", files.Packed, "--data", files.Data, "--logits", logits);
        Assert.Equal("accuracy", json.GetProperty("metric").GetString());
        Assert.Equal(json.GetProperty("value").GetDouble(), json.GetProperty("all").GetProperty("accuracy").GetDouble());
        Assert.True(json.GetProperty("all").TryGetProperty("matthews", out _));
        Assert.True(json.GetProperty("all").TryGetProperty("f1", out _));
        Assert.Equal(40, json.GetProperty("rows").GetInt32());
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(logits))), json.GetProperty("logits_sha256").GetString());
        string[] lines = File.ReadAllLines(logits);
        Assert.Equal(40, lines.Length);
        Assert.All(lines, line => Assert.Equal(2, line.Split('\t').Length));
    }

    [Theory]
    [InlineData("--threads", "1")]
    [InlineData("--threads", "3")]
    [InlineData("--shuffle", "7")]
    [InlineData("--batch-tokens", "1")]
    [InlineData("--batch-tokens", "5000", "--shuffle", "1")]
    [InlineData("--no-cache")]
    public void Results_depend_on_no_circumstance(params string[] options)
    {
        string expected = Tool.Json("evaluate", files.Packed, "--data", files.Data).GetProperty("logits_sha256").GetString()!;
        Assert.Equal(expected, Tool.Json(["evaluate", files.Packed, "--data", files.Data, .. options]).GetProperty("logits_sha256").GetString());
    }

    [Fact]
    public void Real_outputs_are_correlated()
    {
        string directory = TinyCheckpoint.Write(files.File("regression"), "BertForSequenceClassification", "score");
        string data = TinyCheckpoint.WriteData(files.File("scores.tsv"), isRegression: true);
        JsonElement json = Tool.Json("evaluate", directory, "--data", data);
        Assert.Equal("pearson", json.GetProperty("metric").GetString());
        Assert.InRange(json.GetProperty("all").GetProperty("spearman").GetDouble(), -1, 1);
    }

    [Fact]
    public void Prints_a_table() => Assert.Contains("40 rows", Tool.Text("evaluate", files.Checkpoint, "--data", files.Data));

    [Fact]
    public void Names_file_and_line_of_a_label_the_model_lacks()
    {
        string data = files.File("three.tsv");
        File.WriteAllText(data, "sentence\tlabel\nfun\t1\ndull\t2\n");
        Tool.Run("evaluate", files.Packed, "--data", data).AssertFails(1, "three.tsv:3: expected a label from 0 to 1");
    }

    [Fact]
    public void Names_file_and_line_of_a_row_that_is_too_long()
    {
        string data = files.File("long.tsv");
        File.WriteAllText(data, $"sentence\tlabel\nfun\t1\n{string.Concat(Enumerable.Repeat("film ", 40))}\t0\n");
        Tool.Run("evaluate", files.Packed, "--data", data).AssertFails(1, "long.tsv:3: expected at most 24 tokens, which the model takes, found 42");
        Assert.Equal(2, Tool.Json("evaluate", files.Packed, "--data", data, "--max-length", "24").GetProperty("rows").GetInt32());
    }

    [Fact]
    public void Needs_labels_and_a_head_that_gives_them()
    {
        string unlabelled = files.File("unlabelled.tsv");
        File.WriteAllText(unlabelled, "sentence\nfun\n");
        Tool.Run("evaluate", files.Packed, "--data", unlabelled).AssertFails(1, "expected a column 'label', found none");
        string encoder = TinyCheckpoint.Write(files.File("encoder"), "BertModel");
        Tool.Run("evaluate", encoder, "--data", files.Data).AssertFails(1, "since vectors are compared, found one text a row");
    }
}
