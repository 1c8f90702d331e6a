using System.Text.Json;
using QuantGen.Specs;

namespace QuantGen.Cli.Tests;

public sealed class InspectTests(CheckpointFixture files) : IClassFixture<CheckpointFixture>
{
    [Fact]
    public void Accounts_for_every_byte_of_a_packed_file()
    {
        JsonElement json = Tool.Json("inspect", files.Packed);
        Assert.Equal(2, json.GetProperty("layers").GetInt32());
        Assert.Equal(32, json.GetProperty("hidden_size").GetInt32());
        Assert.Equal(new FileInfo(files.Packed).Length, json.GetProperty("bytes_total").GetInt64());
        Assert.Equal(json.GetProperty("bytes_total").GetInt64(), json.GetProperty("bytes").EnumerateObject().Sum(part => part.Value.GetInt64()));
        Assert.Equal(64, json.GetProperty("spec_sha256").GetString()!.Length);

        // Six matrices in each of two layers and the pooler, 4 bits and eight scales each.
        const int Weights = (2 * ((4 * 32 * 32) + (2 * 32 * 64))) + (32 * 32);
        Assert.Equal(Math.Round(4 + (8.0 * 13 * 8 * 4 / Weights), 4), json.GetProperty("bits_per_weight").GetDouble());
    }

    [Fact]
    public void Counts_the_parameters_of_a_checkpoint()
    {
        JsonElement json = Tool.Json("inspect", files.Checkpoint);
        const int Embeddings = (19 + 24 + 2 + 2) * 32;
        const int Layer = (4 * 33 * 32) + (33 * 64) + (65 * 32) + (4 * 32);
        const int Head = (33 * 32) + (33 * 2);
        Assert.Equal(Embeddings + (2 * Layer) + Head, json.GetProperty("parameters").GetInt64());
        Assert.Equal(32, json.GetProperty("bits_per_weight").GetDouble());
        Assert.Equal(
            4 * json.GetProperty("parameters").GetInt64(),
            json.GetProperty("bytes_total").GetInt64() - json.GetProperty("bytes").GetProperty("vocabulary").GetInt64());
    }

    [Fact]
    public void Shows_how_the_codes_were_found_which_no_class_depends_on()
    {
        string packed = files.File("percentile.qg.safetensors");
        string plan = files.File("clipping.json");
        File.WriteAllText(plan, """{ "matrices": { "pooler.dense": { "clipping": "min_max", "scheme": "ternary" } } }""");
        Tool.Text("quantize", files.Checkpoint, "-o", packed, "--bits", "4", "--groups", "8", "--clipping", "percentile", "--plan", plan);

        JsonElement recipe = Tool.Json("inspect", packed).GetProperty("recipe");
        Assert.Equal("linear", recipe.GetProperty("scheme").GetString());
        Assert.Equal("percentile", recipe.GetProperty("clipping").GetString());
        Assert.Equal("ternary", recipe.GetProperty("matrices")[0].GetProperty("scheme").GetString());
        Assert.Contains("recipe {\"scheme\":\"linear\",\"clipping\":\"percentile\"", Tool.Text("inspect", packed), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, Tool.Json("inspect", files.Checkpoint).GetProperty("recipe").ValueKind);
        Assert.Equal(
            Tool.Json("inspect", files.Packed).GetProperty("spec_sha256").GetString(),
            Tool.Json("inspect", packed).GetProperty("spec_sha256").GetString());
    }

    [Fact]
    public void A_spec_file_stands_beside_a_packed_file()
    {
        string packed = files.File("described.qg.safetensors");
        Tool.Text("quantize", files.Checkpoint, "-o", packed, "--bits", "3", "--scheme", "lsq");

        SpecFile spec = SpecFile.Read(File.ReadAllText(files.File("described.spec.json")));
        Assert.Equal(Tool.Json("inspect", packed).GetProperty("spec_sha256").GetString(), spec.Model.Sha256);
        Assert.Equal(["negative", "positive"], spec.Labels);
        Assert.Equal(Scheme.Lsq, spec.Recipe!.Scheme);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Prints_a_table(bool isPacked)
    {
        string text = Tool.Text("inspect", isPacked ? files.Packed : files.Checkpoint);
        Assert.Contains("encoder.layer.1.output.dense", text);
        Assert.Contains("layer_norm", text);
        Assert.Contains("head sequence_classification: negative, positive", text);
    }
}
