using QuantGen.Checkpoints;
using QuantGen.Sentences;
using QuantGen.Tasks;
using QuantGen.Tests.Checkpoints;

namespace QuantGen.Tests.Sentences;

public sealed class SentenceFolderTests : IDisposable
{
    private const string Mean = """{ "word_embedding_dimension": 2, "pooling_mode_cls_token": false, "pooling_mode_mean_tokens": true }""";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_folder_without_modules_says_nothing() => Assert.Null(Read());

    [Fact]
    public void Modules_length_and_prompts_are_read()
    {
        Modules("Transformer", "1_Pooling:Pooling", "2_Normalize:Normalize");
        Write("1_Pooling/config.json", """
            { "word_embedding_dimension": 2, "pooling_mode_cls_token": true, "pooling_mode_mean_tokens": false, "pooling_mode_max_tokens": true,
              "pooling_mode_weightedmean_tokens": false, "pooling_mode_lasttoken": false, "include_prompt": false }
            """);
        Write("sentence_bert_config.json", """{ "max_seq_length": 16, "do_lower_case": true }""");
        Write("config_sentence_transformers.json", """
            { "__version__": { "pytorch": "2" }, "prompts": { "query": "query: ", "document": "" }, "default_prompt_name": "query",
              "similarity_fn_name": "cosine" }
            """);
        SentenceEncoding encoding = Read()!.Encoding;
        Assert.Equal(EmbeddingPooling.Cls | EmbeddingPooling.Max, encoding.Pooling);
        Assert.Equal((true, 16, true, false), (encoding.Normalize, encoding.MaxLength, encoding.LowerCase, encoding.IncludesPrompt));
        Assert.Equal(4, encoding.Width(2));
        Assert.Equal("query: some text", encoding.Prepare(encoding.PromptText(null), "Some Text"));
        Assert.Equal(string.Empty, encoding.PromptText("document"));
        Assert.Equal("other ", encoding.PromptText("other "));
        Assert.Equal(encoding, SentenceJson.Read(SentenceJson.Write(encoding), "file"));
    }

    [Fact]
    public void Without_a_length_texts_are_cut_to_the_positions_and_without_normalize_vectors_stay_as_they_are()
    {
        Modules("Transformer", "1_Pooling:Pooling");
        Write("1_Pooling/config.json", """{ "embedding_dimension": 2, "pooling_mode": ["mean", "lasttoken"] }""");
        SentenceEncoding encoding = Read()!.Encoding;
        Assert.Equal((EmbeddingPooling.Mean | EmbeddingPooling.LastToken, false, 24), (encoding.Pooling, encoding.Normalize, encoding.MaxLength));
    }

    [Fact]
    public void A_dense_layer_is_applied_after_pooling()
    {
        Modules("Transformer", "1_Pooling:Pooling", "2_Dense:Dense", "3_Dense:Dense");
        Write("1_Pooling/config.json", Mean);
        Dense("2_Dense", """{ "in_features": 2, "out_features": 3, "bias": true, "activation_function": "torch.nn.modules.activation.Tanh" }""", 2, 3, true);
        Dense("3_Dense", """{ "in_features": 3, "out_features": 1, "bias": false, "activation_function": "torch.nn.modules.linear.Identity" }""", 3, 1, false);
        float[] vector = Read()!.Vector([1, 2, 3, 4], 0);
        double expected = Enumerable.Range(0, 3).Sum(row => 0.1 * row * Math.Tanh((0.2 * row * 2) + (0.1 * ((2 * row) + 1) * 3) + (0.5 * row)));
        Assert.Equal(expected, Assert.Single(vector), 1e-6);
    }

    [Theory]
    [InlineData("pooling_mode_weightedmean_tokens", """{ "word_embedding_dimension": 2, "pooling_mode_weightedmean_tokens": true }""")]
    [InlineData("weightedmean", """{ "embedding_dimension": 2, "pooling_mode": "weightedmean" }""")]
    [InlineData("384", """{ "word_embedding_dimension": 384, "pooling_mode_mean_tokens": true }""")]
    [InlineData("a mode of pooling", """{ "word_embedding_dimension": 2, "pooling_mode_mean_tokens": false }""")]
    [InlineData("'temperature'", """{ "word_embedding_dimension": 2, "temperature": 2 }""")]
    public void A_pooling_that_nobody_can_do_is_named(string named, string pooling)
    {
        Modules("Transformer", "1_Pooling:Pooling");
        Write("1_Pooling/config.json", pooling);
        Assert.Contains(named, Assert.Throws<ModelFormatException>(Read).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("LSTM", "Transformer", "1_Pooling:LSTM")]
    [InlineData("at the beginning", "1_Pooling:Pooling")]
    [InlineData("no Pooling", "Transformer")]
    [InlineData("after Normalize", "Transformer", "1_Pooling:Pooling", "2_Normalize:Normalize", "3_Dense:Dense")]
    public void Modules_that_nobody_can_do_are_named(string named, params string[] modules)
    {
        Modules(modules);
        Write("1_Pooling/config.json", Mean);
        Assert.Contains(named, Assert.Throws<ModelFormatException>(Read).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Softplus", """{ "in_features": 2, "out_features": 3, "activation_function": "torch.nn.modules.activation.Softplus" }""")]
    [InlineData("linear.weight", """{ "in_features": 2, "out_features": 4 }""")]
    [InlineData("2 inputs", """{ "in_features": 5, "out_features": 3 }""", 5)]
    [InlineData("module_input_name", """{ "in_features": 2, "out_features": 3, "module_input_name": "token_embeddings" }""")]
    public void A_dense_layer_that_does_not_fit_is_named(string named, string config, int inputs = 2)
    {
        Modules("Transformer", "1_Pooling:Pooling", "2_Dense:Dense");
        Write("1_Pooling/config.json", Mean);
        Dense("2_Dense", config, inputs, 3, true);
        Assert.Contains(named, Assert.Throws<ModelFormatException>(Read).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sentence_bert_config.json", """{ "max_seq_length": 8, "pad_left": true }""", "pad_left")]
    [InlineData("config_sentence_transformers.json", """{ "default_prompt_name": "query" }""", "'query'")]
    [InlineData("config_sentence_transformers.json", """{ "truncate_dim": 64 }""", "truncate_dim")]
    public void Settings_that_nobody_knows_are_named(string file, string json, string named)
    {
        Modules("Transformer", "1_Pooling:Pooling");
        Write("1_Pooling/config.json", Mean);
        Write(file, json);
        Assert.Contains(named, Assert.Throws<ModelFormatException>(Read).Message, StringComparison.Ordinal);
    }

    private SentenceHead? Read() => SentenceFolder.Read(_folder.Path, 2, 24);

    private void Modules(params string[] modules) => Write("modules.json", "[" + string.Join(",", modules.Select((module, i) =>
    {
        string[] parts = module.Split(':');
        string path = parts.Length == 1 ? string.Empty : parts[0];
        return $$"""{ "idx": {{i}}, "name": "{{i}}", "path": "{{path}}", "type": "sentence_transformers.models.{{parts[^1]}}" }""";
    })) + "]");

    private void Write(string file, string text)
    {
        string path = Path.Combine(_folder.Path, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    private void Dense(string name, string config, int inputs, int outputs, bool hasBias)
    {
        Write(name + "/config.json", config);
        var writer = new SafetensorsWriter();
        writer.AddFloats("linear.weight", [outputs, inputs], (float[])[.. Enumerable.Range(0, outputs * inputs).Select(i => 0.1f * i)]);
        if (hasBias)
        {
            writer.AddFloats("linear.bias", [outputs], (float[])[.. Enumerable.Range(0, outputs).Select(i => 0.5f * i)]);
        }

        writer.Save(Path.Combine(_folder.Path, name, "model.safetensors"));
    }
}
