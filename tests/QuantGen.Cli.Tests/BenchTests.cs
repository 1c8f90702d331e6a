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
    public void Calls_allocate_nothing()
    {
        // Tests beside this one allocate too, so one try of a few must be clean.
        double least = double.MaxValue;
        for (int attempt = 0; attempt < 8 && least > 0; attempt++)
        {
            JsonElement json = Tool.Json("bench", files.Packed, "--sequence-length", "8", "--threads", "1", "--runs", "50");
            least = Math.Min(least, json.GetProperty("allocated_bytes_per_call").GetDouble());
        }

        Assert.Equal(0, least);
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
