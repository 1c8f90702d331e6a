using System.Globalization;
using System.Text.Json;

namespace QuantGen.Cli.Tests;

public sealed class BenchTests(CheckpointFixture files) : IClassFixture<CheckpointFixture>
{
    [Theory]
    [InlineData("--bits", "2", "--groups", "8")]
    [InlineData("--bits", "3", "--mapping", "asymmetric")]
    [InlineData("--bits", "1", "--embedding-bits", "2")]
    [InlineData("--bits", "4", "--group-size", "32", "--mapping", "asymmetric", "--layer-bits", "pooler.dense=32")]
    [InlineData("--bits", "32", "--head", "encoder")]
    public void Measures_random_weights(params string[] options)
    {
        string config = Path.Combine(files.Checkpoint, "config.json");
        JsonElement json = Tool.Json(["bench", "--config", config, .. options, "--sequence-length", "10", "--batch", "3", "--threads", "2", "--runs", "5"]);
        AssertMeasured(json);
        Assert.Equal(3, json.GetProperty("batch").GetInt32());
    }

    [Fact]
    public void Measures_a_packed_file_and_a_checkpoint()
    {
        AssertMeasured(Tool.Json("bench", files.Packed, "--sequence-length", "24", "--runs", "3"));
        AssertMeasured(Tool.Json("bench", files.Checkpoint, "--sequence-length", "24", "--max-length", "8", "--runs", "3"));
        Assert.Contains("GMAC/s", Tool.Text("bench", files.Packed, "--sequence-length", "24", "--runs", "3"));
    }

    [Fact]
    public void Measures_the_texts_that_tokenize_wrote()
    {
        string tokens = Tokens("good\nthe film is not dull .\nbad\n");
        JsonElement json = Tool.Json("bench", files.Packed, "--token-ids", tokens, "--batch", "2", "--runs", "3");
        AssertMeasured(json);
        Assert.Equal(3, json.GetProperty("sequences").GetInt32());
        Assert.Equal(3 + 8 + 3, json.GetProperty("tokens").GetInt32());
        Assert.Equal(JsonValueKind.Null, json.GetProperty("sequence_length").ValueKind);
        Assert.Contains("14 tokens of 3 texts in 2 calls", Tool.Text("bench", files.Packed, "--token-ids", tokens, "--batch", "2", "--runs", "3"));
    }

    [Theory]
    [InlineData("[]", "there are no texts")]
    [InlineData("{}", "no tokens as 'quantgen tokenize --json' writes them")]
    [InlineData("[{\"ids\": [2, 3]}]", "type_ids")]
    [InlineData("[{\"ids\": [2], \"type_ids\": null}]", "type_ids")]
    [InlineData("[{\"ids\": [2, 3], \"type_ids\": [0]}]", "there are 2 ids and 1 token types")]
    [InlineData("[{\"ids\": [2, 99], \"type_ids\": [0, 0]}]", "the id 99")]
    public void A_file_that_holds_no_tokens_of_the_model_is_a_failure(string text, string message)
    {
        string path = files.File("wrong.json");
        File.WriteAllText(path, text);
        Tool.Run("bench", files.Packed, "--token-ids", path).AssertFails(1, message);
    }

    [Fact]
    public void Takes_turns_with_another_program()
    {
        ToolResult result = Tool.Run("\n\n\n", ["bench", files.Packed, "--sequence-length", "8", "--interactive"]);
        Assert.Equal(string.Empty, result.Error);
        Assert.Equal(0, result.Code);
        string[] lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.Equal("ready", lines[0]);
        Assert.Equal(3, lines.Length - 1);
        Assert.All(lines[1..], line => Assert.True(double.Parse(line, CultureInfo.InvariantCulture) > 0, line));
    }

    private string Tokens(string texts)
    {
        ToolResult result = Tool.Run(texts, ["tokenize", files.Checkpoint, "--json"]);
        Assert.Equal(0, result.Code);
        string path = files.File("tokens.json");
        File.WriteAllText(path, result.Output);
        return path;
    }

    [Theory]
    [InlineData(1, "--bits", "2", "--groups", "8")]
    [InlineData(1, "--bits", "1", "--activation-bits", "1")]
    [InlineData(2, "--bits", "4", "--layer-bits", "encoder.layer.*.output.dense=8")]
    [InlineData(1, "--bits", "32", "--head", "encoder")]
    public void Explains_where_the_time_goes(int threads, params string[] options)
    {
        string config = Path.Combine(files.Checkpoint, "config.json");
        string[] chosen = threads == 1 ? [] : ["--threads", "2"];
        JsonElement json = Tool.Json(
            ["bench", "--config", config, .. options, .. chosen, "--explain", "--sequence-length", "10", "--batch", "3", "--runs", "9"]);
        AssertMeasured(json);
        Assert.Equal(threads, json.GetProperty("threads").GetInt32());

        JsonElement explain = json.GetProperty("explain");
        Assert.Equal(threads, explain.GetProperty("threads").GetInt32());
        JsonElement[] operators = [.. explain.GetProperty("operators").EnumerateArray()];
        Assert.Equal(1, operators.Sum(row => row.GetProperty("share").GetDouble()), 1e-4);
        Assert.Equal(explain.GetProperty("pass_ms").GetDouble(), operators.Sum(row => row.GetProperty("ms").GetDouble()), 1e-2);

        bool isFloat = options[1] == "32";
        string[] multiplying =
            ["query_key_value", "attention", "attention_output", "feed_forward_in", "feed_forward_out", .. isFloat ? Array.Empty<string>() : ["head"]];
        string[] others = ["embedding", "layer_norm", "activation", .. isFloat ? Array.Empty<string>() : ["activation_codes"]];
        Assert.Equal(multiplying.Concat(others).Order(),
            operators.Select(row => row.GetProperty("operator").GetString()!).Where(name => name != "wait").Order());
        foreach (JsonElement row in operators)
        {
            bool multiplies = multiplying.Contains(row.GetProperty("operator").GetString());
            Assert.Equal(multiplies, row.GetProperty("macs").GetInt64() > 0);
            foreach (string key in new[] { "gmacs_per_second", "roofline_gmacs_per_second", "roofline_share" })
            {
                Assert.Equal(multiplies ? JsonValueKind.Number : JsonValueKind.Null, row.GetProperty(key).ValueKind);
            }
        }

        JsonElement[] rooflines = [.. explain.GetProperty("rooflines").EnumerateArray()];
        int[] bits = options.Contains("--layer-bits") ? [32, 8, 4] : isFloat ? [32] : [32, int.Parse(options[1])];
        Assert.Equal(bits, rooflines.Select(unit => unit.GetProperty("bits").GetInt32()));
        Assert.All(rooflines, unit => Assert.True(unit.GetProperty("gmacs_per_second").GetDouble() > 0));
        Assert.All(rooflines, unit => Assert.True(unit.GetProperty("macs_per_instruction").GetInt32() > 0));
    }

    [Fact]
    public void Members_of_an_ensemble_of_random_weights_each_do_the_work_of_one()
    {
        string config = Path.Combine(files.Checkpoint, "config.json");
        string[] command = ["bench", "--config", config, "--bits", "1", "--sequence-length", "10", "--runs", "3", "--explain"];
        long Products(params string[] more) => Tool.Json([.. command, .. more]).GetProperty("explain").GetProperty("operators").EnumerateArray()
            .Single(row => row.GetProperty("operator").GetString() == "feed_forward_in").GetProperty("macs").GetInt64();
        Assert.Equal(3 * Products(), Products("--ensemble", "3"));
        Assert.Equal(3 * Products("--threads", "2"), Products("--ensemble", "3", "--threads", "2"));

        // The second of two layers, which members behind the first have alone, finishes one token of ten.
        Assert.Equal(13 * Products(), 11 * Products("--ensemble", "3", "--shared-layers", "1"));
    }

    [Fact]
    public void Explains_a_packed_file_in_tables_and_only_when_asked()
    {
        string text = Tool.Text("bench", files.Packed, "--explain", "--sequence-length", "24", "--runs", "3");
        foreach (string title in new[] { "query, key, value", "activation function", "activations to codes", "whole pass", "reached", "explained on 1 thread" })
        {
            Assert.Contains(title, text);
        }

        Assert.Contains(" 100.0%", text);
        Assert.Contains("explained on 2 threads", Tool.Text("bench", files.Packed, "--explain", "--threads", "2", "--sequence-length", "24", "--runs", "3"));
        Assert.DoesNotContain("whole pass", Tool.Text("bench", files.Packed, "--sequence-length", "24", "--runs", "3"));
        Assert.False(Tool.Json("bench", files.Packed, "--sequence-length", "24", "--runs", "3").TryGetProperty("explain", out _));
    }

    private static void AssertMeasured(JsonElement json)
    {
        foreach (string key in new[] { "median_ms", "p95_ms", "tokens_per_second", "gmacs_per_second", "peak_working_set_bytes", "load_ms" })
        {
            Assert.True(json.GetProperty(key).GetDouble() > 0, key);
        }

        Assert.True(json.GetProperty("p95_ms").GetDouble() >= json.GetProperty("median_ms").GetDouble());
        Assert.NotEmpty(json.GetProperty("isa").GetString()!);
    }
}
