using System.Text.Json;

namespace QuantGen.Cli.Tests;

/// <summary>Every width of weights, embeddings and activations, from a checkpoint to answers.</summary>
public sealed class WidthTests(CheckpointFixture files) : IClassFixture<CheckpointFixture>
{
    [Theory]
    [InlineData("6", "6", "8")]
    [InlineData("4", "4", "6")]
    [InlineData("5", "3", "7")]
    [InlineData("7", "5", "5")]
    [InlineData("3", "7", "3")]
    public void A_model_of_any_width_is_quantized_and_answers(string bits, string embeddingBits, string activationBits)
    {
        string packed = files.File($"{bits}-{embeddingBits}-{activationBits}.qg.safetensors");
        Tool.Json(
            "quantize", files.Checkpoint, "-o", packed, "--bits", bits, "--embedding-bits", embeddingBits, "--activation-bits", activationBits,
            "--attention-bits", activationBits, "--calibration", files.Data);

        JsonElement[] tensors = [.. Tool.Json("inspect", packed).GetProperty("tensors").EnumerateArray()];
        JsonElement embedding = Assert.Single(tensors, tensor => Name(tensor) == "embeddings.word_embeddings.codes");
        Assert.Equal(embeddingBits + " bits", embedding.GetProperty("type").GetString());
        Assert.Equal(
            Bytes(embedding, tensors, "embeddings.word_embeddings.scales", columns: 32, int.Parse(embeddingBits)),
            embedding.GetProperty("bytes").GetInt64());
        Assert.All(tensors.Where(tensor => Name(tensor).StartsWith("encoder.", StringComparison.Ordinal)
            && Name(tensor).EndsWith(".codes", StringComparison.Ordinal)), tensor =>
            Assert.Equal(bits + " bits", tensor.GetProperty("type").GetString()));
        Assert.Equal(40, Tool.Json("evaluate", packed, "--data", files.Data).GetProperty("rows").GetInt32());
    }

    [Theory]
    [InlineData("quantize", "1")]
    [InlineData("quantize", "32")]
    [InlineData("distill", "2")]
    public void Positions_of_8_bits_take_a_byte_for_each_value_and_a_scale_for_each_row(string command, string embeddingBits)
    {
        string packed = files.File($"{command}-positions.qg.safetensors");
        string[] from = command == "quantize" ? ["quantize", files.Checkpoint]
            : ["distill", "--teacher", files.Checkpoint, "--data", files.Data, "--max-steps", "2"];
        Tool.Json([.. from, "-o", packed, "--bits", "2", "--embedding-bits", embeddingBits, "--position-bits", "8"]);

        JsonElement[] tensors = [.. Tool.Json("inspect", packed).GetProperty("tensors").EnumerateArray()];
        foreach (string table in (string[])["embeddings.position_embeddings", "embeddings.token_type_embeddings"])
        {
            JsonElement codes = Assert.Single(tensors, tensor => Name(tensor) == table + ".codes");
            Assert.Equal("8 bits", codes.GetProperty("type").GetString());
            Assert.Equal(Bytes(codes, tensors, table + ".scales", columns: 32, bits: 8), codes.GetProperty("bytes").GetInt64());
            Assert.DoesNotContain(tensors, tensor => Name(tensor) == table + ".weight");
        }

        Assert.Equal(40, Tool.Json("evaluate", packed, "--data", files.Data).GetProperty("rows").GetInt32());
    }

    [Fact]
    public void More_bits_lose_less()
    {
        double[] noise = [.. Enumerable.Range(2, 7).Select(bits => Tool.Json(
            "quantize", files.Checkpoint, "-o", files.File("width.qg.safetensors"), "--bits", $"{bits}")
            .GetProperty("tensors")[1].GetProperty("sqnr_db").GetDouble())];
        Assert.Equal(noise.Order(), noise);
    }

    private static string Name(JsonElement tensor) => tensor.GetProperty("name").GetString()!;

    // A row begins on a byte.
    private static long Bytes(JsonElement codes, JsonElement[] tensors, string scales, int columns, int bits)
    {
        long rows = tensors.Single(tensor => Name(tensor) == scales).GetProperty("shape")[0].GetInt64();
        Assert.Equal(rows, codes.GetProperty("shape")[0].GetInt64());
        return rows * (((columns * bits) + 7) / 8);
    }
}
