using QuantGen.Architectures;
using System.Security.Cryptography;
using System.Text;
using QuantGen.Checkpoints;

namespace QuantGen.Tests.Checkpoints;

public sealed class CheckpointTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public CheckpointTests() => _folder.Write("config.json", "{\"model_type\":\"bert\"}"u8.ToArray());

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("bert.embeddings.word_embeddings.weight", "embeddings.word_embeddings.weight")]
    [InlineData("embeddings.LayerNorm.gamma", "embeddings.LayerNorm.weight")]
    [InlineData("bert.encoder.layer.11.output.LayerNorm.beta", "encoder.layer.11.output.LayerNorm.bias")]
    [InlineData("bert.encoder.layer.0.attention.self.query.weight", "encoder.layer.0.attention.self.query.weight")]
    [InlineData("albert.encoder.embedding_hidden_mapping_in.bias", "encoder.embedding_hidden_mapping_in.bias")]
    [InlineData("albert.encoder.albert_layer_groups.0.albert_layers.0.attention.key.weight", "encoder.layer.0.attention.self.key.weight")]
    [InlineData("encoder.albert_layer_groups.0.albert_layers.0.attention.dense.bias", "encoder.layer.0.attention.output.dense.bias")]
    [InlineData("albert.encoder.albert_layer_groups.0.albert_layers.0.attention.LayerNorm.weight", "encoder.layer.0.attention.output.LayerNorm.weight")]
    [InlineData("albert.encoder.albert_layer_groups.0.albert_layers.0.ffn.weight", "encoder.layer.0.intermediate.dense.weight")]
    [InlineData("albert.encoder.albert_layer_groups.0.albert_layers.0.ffn_output.weight", "encoder.layer.0.output.dense.weight")]
    [InlineData("albert.encoder.albert_layer_groups.0.albert_layers.0.full_layer_layer_norm.bias", "encoder.layer.0.output.LayerNorm.bias")]
    [InlineData("albert.encoder.albert_layer_groups.1.albert_layers.0.ffn.weight", "encoder.albert_layer_groups.1.albert_layers.0.ffn.weight")]
    [InlineData("albert.pooler.weight", "pooler.dense.weight")]
    [InlineData("bert.pooler.dense.bias", "pooler.dense.bias")]
    [InlineData("qa_outputs.weight", "qa_outputs.weight")]
    [InlineData("something.else", "something.else")]
    public void Names_are_the_same_for_both_architectures(string source, string canonical)
        => Assert.Equal(canonical, Names(source.Contains("albert", StringComparison.Ordinal)).Canonical(source));

    [Theory]
    [InlineData("bert.embeddings.word_embeddings.weight", false, true)]
    [InlineData("bert.encoder.layer.11.output.LayerNorm.bias", false, true)]
    [InlineData("bert.pooler.dense.bias", false, true)]
    [InlineData("pooler.dense.bias", false, false)]
    [InlineData("encoder.layer.0.output.dense.weight", false, false)]
    [InlineData("classifier.weight", false, true)]
    [InlineData("cls.predictions.transform.dense.weight", false, true)]
    [InlineData("albert.encoder.embedding_hidden_mapping_in.bias", true, true)]
    [InlineData("albert.encoder.albert_layer_groups.0.albert_layers.0.attention.key.weight", true, true)]
    [InlineData("albert.encoder.albert_layer_groups.0.albert_layers.0.attention.dense.bias", true, true)]
    [InlineData("albert.encoder.albert_layer_groups.0.albert_layers.0.ffn.weight", true, true)]
    [InlineData("albert.encoder.albert_layer_groups.0.albert_layers.0.ffn_output.weight", true, true)]
    [InlineData("albert.encoder.albert_layer_groups.0.albert_layers.0.full_layer_layer_norm.bias", true, true)]
    [InlineData("albert.pooler.weight", true, true)]
    public void Names_are_written_as_they_are_read(string source, bool isAlbert, bool hasHead)
        => Assert.Equal(source, Names(isAlbert).Source(Names(isAlbert).Canonical(source), hasHead));

    private static TensorNames Names(bool isAlbert) => ModelFamilies.Of(isAlbert ? BertArchitecture.Albert : BertArchitecture.Bert).Names;

    [Fact]
    public void Reads_a_single_file()
    {
        byte[] bytes = Weights(("bert.encoder.layer.0.output.LayerNorm.gamma", [3], [1, 2, 3]));
        _folder.Write("model.safetensors", bytes);

        using Checkpoint checkpoint = Checkpoint.Open(_folder.Path);

        Assert.Equal([1f, 2f, 3f], checkpoint.Read("encoder.layer.0.output.LayerNorm.weight"));
        Assert.Equal("bert.encoder.layer.0.output.LayerNorm.gamma", checkpoint.Tensors["encoder.layer.0.output.LayerNorm.weight"].SourceName);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), checkpoint.Sha256);
        Assert.Equal("{\"model_type\":\"bert\"}", checkpoint.ConfigJson);
    }

    [Fact]
    public void Reads_shards_through_their_index()
    {
        byte[] first = Weights(("a", [1], [1]));
        byte[] second = Weights(("b", [2], [2, 3]));
        _folder.Write("model-00001-of-00002.safetensors", first);
        _folder.Write("model-00002-of-00002.safetensors", second);
        WriteIndex("""{"metadata":{"total_size":12},"weight_map":{"b":"model-00002-of-00002.safetensors","a":"model-00001-of-00002.safetensors"}}""");

        using Checkpoint checkpoint = Checkpoint.Open(_folder.Path);

        Assert.Equal([2f, 3f], checkpoint.Read("b"));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData([.. first, .. second])), checkpoint.Sha256);
    }

    [Fact]
    public void Reads_what_PyTorch_saved_where_there_are_no_safetensors()
    {
        byte[] bytes = TorchWriter.File(("bert.encoder.layer.0.output.LayerNorm.gamma", [3], [1, 2, 3]));
        _folder.Write("pytorch_model.bin", bytes);
        using (Checkpoint pickled = Checkpoint.Open(_folder.Path))
        {
            Assert.Equal([1f, 2f, 3f], pickled.Read("encoder.layer.0.output.LayerNorm.weight"));
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), pickled.Sha256);
        }

        _folder.Write("model.safetensors", Weights(("bert.a", [1], [4])));
        using Checkpoint checkpoint = Checkpoint.Open(_folder.Path);
        Assert.Equal([4f], checkpoint.Read("a"));
    }

    [Fact]
    public void Reads_shards_that_PyTorch_saved()
    {
        _folder.Write("pytorch_model-00001-of-00002.bin", TorchWriter.File(("a", [1], [1])));
        _folder.Write("pytorch_model-00002-of-00002.bin", TorchWriter.File(("b", [2], [2, 3])));
        const string index = "pytorch_model.bin.index.json";
        _folder.Write(index, """{"weight_map":{"a":"pytorch_model-00001-of-00002.bin","b":"pytorch_model-00002-of-00002.bin"}}"""u8.ToArray());
        using (Checkpoint checkpoint = Checkpoint.Open(_folder.Path))
        {
            Assert.Equal([2f, 3f], checkpoint.Read("b"));
        }

        _folder.Write(index, """{"weight_map":{"a":"model.safetensors"}}"""u8.ToArray());
        Assert.Contains("the name of a .bin file beside the index", Assert.Throws<ModelFormatException>(() => Checkpoint.Open(_folder.Path)).Message);
    }

    [Theory]
    [InlineData("not JSON", "index.json")]
    [InlineData("[]", "index.json")]
    [InlineData("{}", "weight_map")]
    [InlineData("""{"weight_map":[]}""", "weight_map")]
    [InlineData("""{"weight_map":{}}""", "weight_map")]
    [InlineData("""{"weight_map":{"a":1}}""", "'a'")]
    [InlineData("""{"weight_map":{"a":"s.safetensors","a":"s.safetensors"}}""", "'a'")]
    [InlineData("""{"weight_map":{"a":"s.safetensors"},"weight_map":{"a":"s.safetensors"}}""", "weight_map")]
    [InlineData("""{"weight_map":{"a":"s.safetensors"}} x""", "index.json")]
    [InlineData("""{"weight_map":{"a":"../s.safetensors"}}""", "'a'")]
    [InlineData("""{"weight_map":{"a":"s.bin"}}""", "'a'")]
    [InlineData("""{"weight_map":{"a":"\uD800"}}""", "index.json")]
    [InlineData("""{"weight_map":{"a":"t.safetensors","b":"s.safetensors"}}""", "'t.safetensors'")]
    [InlineData("""{"weight_map":{"a":"s.safetensors"}}""", "'b'")]
    [InlineData("""{"weight_map":{"a":"s.safetensors","b":"s.safetensors","c":"s.safetensors"}}""", "'c'")]
    [InlineData("""{"weight_map":{"a":"s.safetensors","b":"u.safetensors"}}""", "'b'")]
    public void Rejects_an_index_that_does_not_fit_its_shards(string index, string named)
    {
        _folder.Write("s.safetensors", Weights(("a", [1], [1]), ("b", [1], [1])));
        _folder.Write("u.safetensors", Weights());
        WriteIndex(index);

        var error = Assert.Throws<ModelFormatException>(() => Checkpoint.Open(_folder.Path));

        Assert.Contains(_folder.Path, error.Message);
        Assert.Contains(named, error.Message);
    }

    [Fact]
    public void Rejects_two_sources_for_one_canonical_name()
    {
        _folder.Write("model.safetensors", Weights(("bert.pooler.dense.weight", [1], [1]), ("pooler.dense.weight", [1], [1])));

        var error = Assert.Throws<ModelFormatException>(() => Checkpoint.Open(_folder.Path));

        Assert.Contains("'pooler.dense.weight'", error.Message);
        Assert.Contains("'bert.pooler.dense.weight'", error.Message);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Refuses_weights_that_are_not_finite(float bad)
    {
        float[] values = new float[37];
        values[35] = bad;
        _folder.Write("model.safetensors", Weights(("bert.x", [37], values)));
        using Checkpoint checkpoint = Checkpoint.Open(_folder.Path);

        var error = Assert.Throws<ModelFormatException>(() => checkpoint.Read("x"));

        Assert.Contains("'bert.x'", error.Message);
        Assert.Contains("element 35", error.Message);
    }

    [Fact]
    public void Lists_missing_unexpected_and_misshaped_tensors_at_once()
    {
        _folder.Write(
            "model.safetensors",
            Weights(("bert.a", [2], [1, 2]), ("b", [1], [1]), ("extra", [1], [1]), ("cls.predictions.bias", [1], [1]), ("bert.pooler.dense.weight", [1], [1])));
        using Checkpoint checkpoint = Checkpoint.Open(_folder.Path);

        var error = Assert.Throws<ModelFormatException>(() => checkpoint.RequireExactly([("a", [3]), ("b", [1]), ("c", [1])]));

        Assert.Contains("1 missing: c; 1 unexpected: extra; 1 mis-shaped: bert.a [2] instead of [3]", error.Message);
        checkpoint.RequireExactly([("a", [2]), ("b", [1]), ("extra", [1])]);
    }

    [Fact]
    public void Shows_at_most_ten_names_of_each_kind()
    {
        _folder.Write("model.safetensors", Weights());
        using Checkpoint checkpoint = Checkpoint.Open(_folder.Path);

        var error = Assert.Throws<ModelFormatException>(() => checkpoint.RequireExactly(Enumerable.Range(0, 25).Select(i => ($"t{i:00}", new[] { 1 }))));

        Assert.Contains("25 missing: t00", error.Message);
        Assert.Contains("t09, ...", error.Message);
        Assert.DoesNotContain("t10", error.Message);
    }

    [Fact]
    public void Missing_files_are_io_errors()
    {
        Assert.ThrowsAny<IOException>(() => Checkpoint.Open(_folder.Path));
        Assert.ThrowsAny<IOException>(() => Checkpoint.Open(Path.Combine(_folder.Path, "nowhere")));
        _folder.Write("model.safetensors", Weights());
        File.Delete(Path.Combine(_folder.Path, "config.json"));
        Assert.ThrowsAny<IOException>(() => Checkpoint.Open(_folder.Path));
    }

    [Fact]
    public void Rejects_a_config_that_is_not_text()
    {
        _folder.Write("model.safetensors", Weights());
        _folder.Write("config.json", [0xFF, 0xFE]);

        Assert.Contains("config.json", Assert.Throws<ModelFormatException>(() => Checkpoint.Open(_folder.Path)).Message);
    }

    private void WriteIndex(string json) => _folder.Write("model.safetensors.index.json", Encoding.UTF8.GetBytes(json));

    private static byte[] Weights(params (string Name, int[] Shape, float[] Values)[] tensors)
    {
        var writer = new SafetensorsWriter();
        foreach ((string name, int[] shape, float[] values) in tensors)
        {
            writer.AddFloats(name, shape, values);
        }

        using var stream = new MemoryStream();
        writer.Write(stream);
        return stream.ToArray();
    }
}
