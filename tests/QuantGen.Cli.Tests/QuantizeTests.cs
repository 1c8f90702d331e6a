using System.Text.Json;
using QuantGen.Checkpoints;
using QuantGen.Cli.Conventions;
using QuantGen.Packed;
using QuantGen.Quantization;

namespace QuantGen.Cli.Tests;

public sealed class QuantizeTests(CheckpointFixture files) : IClassFixture<CheckpointFixture>
{
    [Fact]
    public void Reports_every_tensor_and_the_size_of_the_file()
    {
        string output = files.File("report.qg.safetensors");
        JsonElement json = Tool.Json("quantize", files.Checkpoint, "-o", output, "--bits", "2", "--groups", "16", "--embedding-bits", "4");
        long parameters = Tool.Json("inspect", files.Checkpoint).GetProperty("parameters").GetInt64();
        Assert.Equal(new FileInfo(output).Length, json.GetProperty("bytes_total").GetInt64());
        Assert.Equal(Math.Round(4.0 * parameters / new FileInfo(output).Length, 3), json.GetProperty("compression").GetDouble());
        JsonElement[] tensors = [.. json.GetProperty("tensors").EnumerateArray()];
        Assert.Equal(14, tensors.Length);
        Assert.Equal("embeddings.word_embeddings", tensors[0].GetProperty("name").GetString());
        Assert.Equal((4, 19), (tensors[0].GetProperty("bits").GetInt32(), tensors[0].GetProperty("groups").GetInt32()));
        Assert.All(tensors[1..], tensor => Assert.Equal((2, 16), (tensor.GetProperty("bits").GetInt32(), tensor.GetProperty("groups").GetInt32())));
        Assert.All(tensors, tensor => Assert.InRange(tensor.GetProperty("sqnr_db").GetDouble(), 4, 40));
    }

    [Fact]
    public void Writes_the_same_bytes_every_time()
    {
        string[] outputs = [files.File("first.qg.safetensors"), files.File("second.qg.safetensors")];
        foreach (string output in outputs)
        {
            Assert.Contains(
                "times smaller", Tool.Text("quantize", files.Checkpoint, "-o", output, "--bits", "3", "--mapping", "asymmetric", "--clipping", "minmax"));
        }

        Assert.Equal(File.ReadAllBytes(outputs[0]), File.ReadAllBytes(outputs[1]));
    }

    [Fact]
    public void Follows_plan_and_patterns()
    {
        string plan = files.File("plan.json");
        File.WriteAllText(plan, """{ "matrices": { "encoder.layer.0.output.dense": { "group_bits": [8, 2, 4, 2] }, "pooler.dense": { "bits": 32 } } }""");
        string output = files.File("mixed.qg.safetensors");
        JsonElement json = Tool.Json(
            "quantize", files.Checkpoint, "-o", output, "--bits", "4", "--plan", plan, "--layer-bits", "encoder.layer.1.*=8", "--layer-bits",
            "encoder.layer.1.output.dense=3");
        var bits = json.GetProperty("tensors").EnumerateArray()
            .ToDictionary(tensor => tensor.GetProperty("name").GetString()!, tensor => tensor.GetProperty("bits").GetDouble());
        Assert.Equal(4, bits["encoder.layer.0.attention.self.key"]);
        Assert.Equal(4, bits["encoder.layer.0.output.dense"]);
        Assert.Equal(8, bits["encoder.layer.1.attention.self.key"]);
        Assert.Equal(3, bits["encoder.layer.1.output.dense"]);
        Assert.Equal(32, bits["pooler.dense"]);
        Assert.Equal(JsonValueKind.Null, json.GetProperty("tensors")[13].GetProperty("sqnr_db").ValueKind);
        using PackedModel model = PackedModel.Open(output);
        Assert.Equal([8, 2, 4, 2], model.Spec.Matrix("encoder.layer.0.output.dense").GroupBits);
    }

    [Fact]
    public void Calibrates_static_ranges_with_rows_drawn_by_seed()
    {
        byte[] Quantize(string seed)
        {
            string output = files.File($"static-{seed}.qg.safetensors");
            Tool.Json("quantize", files.Checkpoint, "-o", output, "--bits", "8", "--calibration", files.Data, "--samples", "6", "--seed", seed);
            using PackedModel model = PackedModel.Open(output);
            Assert.Equal(ActivationRange.Static, model.Spec.ActivationRange);
            Assert.All(model.Spec.ActivationSites(), site => Assert.InRange(model.Floats(site.Name + ".input_scale")[0], 1e-4f, 0.2f));
            return File.ReadAllBytes(output);
        }

        Assert.Equal(Quantize("7"), Quantize("7"));
        Assert.NotEqual(Quantize("7"), Quantize("8"));
    }

    [Fact]
    public void Learned_schemes_begin_with_the_range_of_most_values_and_symmetric_places()
    {
        string output = files.File("lsq.qg.safetensors");
        Tool.Json(
            "quantize", files.Checkpoint, "-o", output, "--bits", "2", "--scheme", "lsq", "--embedding-bits", "4", "--activation-bits", "4", "--attention-bits",
            "2", "--calibration", files.Data);
        using PackedModel model = PackedModel.Open(output);
        using Checkpoint checkpoint = Checkpoint.Open(files.Checkpoint);
        const string Name = "encoder.layer.1.output.dense";
        Assert.Equal(AlgorithmOne.Threshold(checkpoint.Read(Name + ".weight")), model.Floats(Name + ".scales")[0]);
        Assert.Single(model.Floats("embeddings.word_embeddings.scales").ToArray().Distinct());
        Assert.All(model.Spec.ActivationSites(), site => Assert.Equal(8, model.Bytes(site.Name + ".input_zero_point")[0]));
        Assert.All(model.Spec.AttentionSites(), site => Assert.Equal(site.IsProbabilities ? 0 : 2, model.Bytes(site.Name + ".input_zero_point")[0]));
        Assert.All(model.Spec.AttentionSites(), site => Assert.InRange(model.Floats(site.Name + ".input_scale")[0], 1e-3f, 2f));
    }

    [Fact]
    public void Activations_of_one_bit_begin_with_multiples_of_their_means_and_run_in_generated_code()
    {
        string output = files.File("one.qg.safetensors");
        Tool.Json(
            "quantize", files.Checkpoint, "-o", output, "--bits", "1", "--groups", "4", "--activation-bits", "1", "--attention-bits", "8", "--calibration",
            files.Data);
        using PackedModel model = PackedModel.Open(output);
        Assert.Equal((1, ActivationRange.Static), (model.Spec.ActivationBits, model.Spec.ActivationRange));
        Assert.All(model.Spec.ActivationSites(), site => Assert.Equal(0f, model.Floats(site.Name + ".input_shift")[0]));

        // What LayerNorm gives has a mean magnitude near 0.8; most outputs of GELU are near zero.
        Assert.InRange(model.Floats("encoder.layer.1.attention.self.input_scale")[0], 1f, 2.2f);
        Assert.InRange(model.Floats("encoder.layer.1.output.dense.input_scale")[0], 1e-4f, 1f);

        JsonElement evaluation = Tool.Json("evaluate", output, "--data", files.Data);
        Assert.InRange(evaluation.GetProperty("value").GetDouble(), 0, 1);
        Assert.Equal(1, Tool.Json("inspect", output).GetProperty("activation_bits").GetInt32());
    }

    [Theory]
    [InlineData("step 'gptq': activations have one bit", "--method", "gptq")]
    [InlineData("step 'token-wise-clipping': activations have one bit", "--method", "outlier-suppression")]
    [InlineData("excludes a range of each token", "--activation-range", "per-token")]
    public void Activations_of_one_bit_refuse_what_is_for_more_bits(string message, params string[] options)
    {
        ToolResult result = Tool.Run(
        [
            "quantize", files.Checkpoint, "-o", files.File("none.qg.safetensors"), "--bits", "1", "--activation-bits", "1", "--calibration", files.Data,
            .. options,
        ]);
        Assert.NotEqual(0, result.Code);
        Assert.Contains(message, result.Error);
    }

    [Theory]
    [InlineData("--attention-bits", "8")]
    [InlineData("--activation-range", "static")]
    [InlineData("--bits", "1", "--activation-bits", "1")]
    public void Stored_ranges_need_calibration(params string[] options)
    {
        string[] bits = options[0] == "--bits" ? [] : ["--bits", "4"];
        ToolResult result = Tool.Run(["quantize", files.Checkpoint, "-o", files.File("none.qg.safetensors"), .. bits, .. options]);
        Assert.Equal(2, result.Code);
        Assert.Contains("needs --calibration", result.Error);
    }

    [Theory]
    [InlineData("--bits", "8", "--groups", "4")]
    [InlineData("--bits", "8", "--groups", "4", "--scheme", "ternary")]
    [InlineData("--bits", "8", "--scheme", "ternary", "--attention-bits", "8", "--calibration", "data")]
    [InlineData("--bits", "8", "--scheme", "ternary", "--attention-bits", "8", "--calibration", "data", "--activation-range", "per-token")]
    [InlineData("--bits", "8", "--mapping", "asymmetric", "--group-size", "32")]
    [InlineData("--bits", "4", "--plan", "mixed-groups")]
    [InlineData("--bits", "4", "--plan", "mixed-groups", "--mapping", "asymmetric")]
    public void Logits_stay_close_to_those_of_the_checkpoint(params string[] options)
    {
        string plan = files.File("mixed-groups.json");
        File.WriteAllText(plan, """{ "matrices": { "*": { "group_bits": [8, 4, 8, 8], "group_clipping": ["mse", "min_max", "mse", "percentile"] } } }""");
        string output = files.File("close.qg.safetensors");
        Tool.Json(
            [
                "quantize", files.Checkpoint, "-o", output,
                .. options.Select(option => option == "mixed-groups" ? plan : option == "data" ? files.Data : option),
            ]);
        float[] expected = Logits(files.Checkpoint);
        float[] actual = Logits(output);
        double noise = Math.Sqrt(expected.Zip(actual, (e, a) => Math.Pow(e - a, 2)).Average());
        double mean = expected.Average();
        double signal = Math.Sqrt(expected.Select(e => Math.Pow(e - mean, 2)).Average());
        Assert.InRange(noise / signal, 1e-6, 0.25);
    }

    [Fact]
    public void Stored_order_holds_the_weights_of_every_group()
    {
        const string Name = "encoder.layer.1.output.dense";
        string plan = files.File("stored.json");
        File.WriteAllText(plan, $$"""{ "matrices": { "{{Name}}": { "group_bits": [8, 3, 4, 3], "mapping": "asymmetric" } } }""");
        string output = files.File("stored.qg.safetensors");
        Tool.Json("quantize", files.Checkpoint, "-o", output, "--bits", "4", "--plan", plan);
        using PackedModel model = PackedModel.Open(output);
        using Checkpoint checkpoint = Checkpoint.Open(files.Checkpoint);
        float[] weights = checkpoint.Read(Name + ".weight");
        var expected = new float[32 * 64];
        MatrixQuantizer.Quantize(
            weights, 32, 64, new MatrixQuantizerOptions { GroupBits = [8, 3, 4, 3], GroupCount = 4, Mapping = Mapping.Asymmetric, Clipping = Clipping.Mse })
            .Dequantize(expected);

        // Groups of three bits come first, then the one of four, then the one of eight.
        ReadOnlySpan<byte> packed = model.Codes(Name);
        byte[] codes = new byte[64];
        foreach ((int group, int stored, int bits) in new[] { (1, 0, 3), (3, 1, 3), (2, 2, 4), (0, 3, 8) })
        {
            var parameters = new QuantizationParameters(model.Floats(Name + ".scales")[stored], model.Bytes(Name + ".zero_points")[stored]);
            for (int row = 8 * group; row < 8 * (group + 1); row++)
            {
                int length = CodePacker.RowBytes(64, bits);
                CodePacker.UnpackRow(packed[..length], bits, codes);
                packed = packed[length..];
                Assert.Equal(expected[(row * 64)..((row + 1) * 64)], codes.Select(code => LinearQuantizer.Dequantize(code, parameters)));
            }
        }

        Assert.True(packed.IsEmpty);
        Assert.Equal(checkpoint.Read(Name + ".bias"), model.Floats(Name + ".bias"));
    }

    [Fact]
    public async Task Draws_tables_on_a_terminal_and_never_into_json()
    {
        string[] command = ["quantize", files.Checkpoint, "-o", files.File("drawn.qg.safetensors"), "--bits", "8"];
        using var output = new StringWriter();
        var streams = new CliStreams(TextReader.Null, output, TextWriter.Null) { IsInteractive = true };
        Assert.Equal(0, await CliApplication.RunAsync(command, streams));
        Assert.Contains("SQNR dB", output.ToString());
        Assert.Contains("pooler.dense", output.ToString());
        using var json = new StringWriter();
        Assert.Equal(0, await CliApplication.RunAsync([.. command, "--json"], streams with { Output = json }));
        JsonDocument.Parse(json.ToString()).Dispose();
    }

    [Fact]
    public void Refuses_a_vocabulary_with_pieces_that_have_no_row()
    {
        string directory = TinyCheckpoint.Write(files.File("long-vocabulary"));
        File.WriteAllText(Path.Combine(directory, "vocab.txt"), string.Join('\n', [.. TinyCheckpoint.Vocabulary, "more"]));
        Tool.Run("quantize", directory, "-o", files.File("none"), "--bits", "8")
            .AssertFails(1, "expected at most 19 pieces, the vocab_size of config.json, found 20");
    }

    [Fact]
    public void Refuses_a_checkpoint_whose_head_is_another()
    {
        Tool.Run("quantize", files.Checkpoint, "-o", files.File("none"), "--bits", "8", "--head", "question-answering")
            .AssertFails(1, "missing: qa_outputs.weight");
        Assert.False(File.Exists(files.File("none")));
    }

    private float[] Logits(string model)
    {
        string logits = files.File(Path.GetRandomFileName());
        Tool.Json("evaluate", model, "--data", files.Data, "--logits", logits);
        return
        [
            .. File.ReadAllText(logits).Split(['\n', '\t'], StringSplitOptions.RemoveEmptyEntries)
            .Select(text => float.Parse(text, System.Globalization.CultureInfo.InvariantCulture)),
        ];
    }
}
