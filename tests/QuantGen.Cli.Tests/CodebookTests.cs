using System.Text.Json;
using QuantGen.Checkpoints;
using QuantGen.Packed;
using QuantGen.Quantization;

namespace QuantGen.Cli.Tests;

/// <summary>The schemes with codebooks, from a checkpoint to answers.</summary>
public sealed class CodebookTests(CheckpointFixture files) : IClassFixture<CheckpointFixture>
{
    [Theory]
    [InlineData("k-means", 1)]
    [InlineData("kmeans", 3)]
    [InlineData("k-means", 5)]
    [InlineData("linear-clusters", 2)]
    [InlineData("linear-clusters", 4)]
    public void Logits_are_those_of_the_checkpoint_with_looked_up_weights(string scheme, int bits)
    {
        string packed = files.File($"{scheme}-{bits}.qg.safetensors");
        string directory = files.File($"{scheme}-{bits}");
        JsonElement json = Tool.Json("quantize", files.Checkpoint, "-o", packed, "--bits", $"{bits}", "--scheme", scheme);
        Assert.All(
            json.GetProperty("tensors").EnumerateArray(),
            tensor => Assert.Equal((bits, 1), (tensor.GetProperty("bits").GetInt32(), tensor.GetProperty("groups").GetInt32())));
        LookUp(packed, directory);
        Assert.Equal(Logits(directory), Logits(packed));
    }

    [Fact]
    public void More_bits_lose_less_and_the_seed_decides_alone()
    {
        double[] noise = [.. new[] { 1, 2, 3, 4, 5 }.Select(bits => Quantize($"--bits {bits}").Tensors[1].GetProperty("sqnr_db").GetDouble())];
        Assert.Equal(noise.Order(), noise);
        Assert.Equal(Quantize("--bits 3 --seed 5").Bytes, Quantize("--bits 3 --seed 5").Bytes);
        Assert.NotEqual(Quantize("--bits 3 --seed 5").Bytes, Quantize("--bits 3 --seed 6").Bytes);
        Assert.NotEqual(Quantize("--bits 3").Bytes, Quantize("--bits 3 --cluster-iterations 20").Bytes);
        Assert.Equal(Quantize("--bits 3").Bytes, Quantize("--bits 3 --cluster-iterations 3").Bytes);
    }

    [Fact]
    public void Every_command_takes_such_a_file()
    {
        string packed = files.File("all.qg.safetensors");
        Tool.Json("quantize", files.Checkpoint, "-o", packed, "--bits", "5", "--scheme", "k-means", "--embedding-bits", "3");
        JsonElement[] tensors = [.. Tool.Json("inspect", packed).GetProperty("tensors").EnumerateArray()];
        JsonElement codebook = Assert.Single(tensors, tensor => tensor.GetProperty("name").GetString() == "pooler.dense.codebook");
        Assert.Equal(32, codebook.GetProperty("shape")[0].GetInt32());
        Assert.Equal(
            "3 bits",
            Assert.Single(tensors, tensor => tensor.GetProperty("name").GetString() == "embeddings.word_embeddings.codes").GetProperty("type").GetString());
        Assert.NotEmpty(Tool.Text("run", packed, "--text", "fun"));
        Assert.Equal(40, Tool.Json("evaluate", packed, "--data", files.Data).GetProperty("rows").GetInt32());
        Assert.True(Tool.Json("bench", packed, "--runs", "2", "--sequence-length", "8").TryGetProperty("isa", out _));
        Assert.True(
            Tool.Json(
                "bench", "--config", Path.Combine(files.Checkpoint, "config.json"), "--bits", "3", "--scheme", "linear-clusters", "--runs", "2",
                "--sequence-length", "8").TryGetProperty("isa", out _));
    }

    private (JsonElement[] Tensors, byte[] Bytes) Quantize(string options)
    {
        string output = files.File("clusters.qg.safetensors");
        JsonElement json = Tool.Json(["quantize", files.Checkpoint, "-o", output, "--scheme", "k-means", .. options.Split(' ')]);
        return ([.. json.GetProperty("tensors").EnumerateArray()], File.ReadAllBytes(output));
    }

    /// <summary>Writes the checkpoint again with the weights that a packed file stands for.</summary>
    private void LookUp(string packed, string directory)
    {
        Directory.CreateDirectory(directory);
        foreach (string file in Directory.GetFiles(files.Checkpoint))
        {
            File.Copy(file, Path.Combine(directory, Path.GetFileName(file)), overwrite: true);
        }

        using PackedModel model = PackedModel.Open(packed);
        using Checkpoint checkpoint = Checkpoint.Open(files.Checkpoint);
        var writer = new SafetensorsWriter();
        foreach (CheckpointTensor tensor in checkpoint.Tensors.Values)
        {
            int[] shape = [.. tensor.Shape.Select(n => (int)n)];
            string name = tensor.Name[..tensor.Name.LastIndexOf('.')];
            bool isLookedUp = tensor.Name.EndsWith(".weight", StringComparison.Ordinal)
                && (name == "embeddings.word_embeddings" || model.Spec.Matrices.Any(matrix => matrix.Name == name));
            float[] values = checkpoint.Read(tensor.Name);
            if (isLookedUp)
            {
                float[] codebook = model.Floats(name + ".codebook").ToArray();
                byte[] labels = new byte[values.Length];
                CodePacker.Unpack(model.Codes(name), shape[1], BitsOf(codebook), labels);
                values = [.. labels.Select(label => codebook[label])];
            }

            writer.AddFloats(tensor.Name, shape, values);
        }

        writer.Save(Path.Combine(directory, "model.safetensors"));
    }

    private static int BitsOf(float[] codebook) => int.TrailingZeroCount(codebook.Length);

    private string[] Logits(string model)
    {
        string logits = files.File(Path.GetRandomFileName());
        Tool.Json("evaluate", model, "--data", files.Data, "--logits", logits);
        return File.ReadAllLines(logits);
    }
}
