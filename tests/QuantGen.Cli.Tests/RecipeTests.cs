using System.Globalization;
using System.Text.Json;
using QuantGen.Cli.Conventions;
using QuantGen.Packed;

namespace QuantGen.Cli.Tests;

public sealed class RecipeTests(CheckpointFixture files) : IClassFixture<CheckpointFixture>
{
    [Theory]
    [InlineData("gptq")]
    [InlineData("brecq")]
    [InlineData("mrem")]
    public void Method_gives_the_same_bytes_for_any_number_of_threads_and_the_file_says_how(string method)
    {
        byte[] Quantize(string threads)
        {
            string output = files.File($"{method}-{threads}.qg.safetensors");
            Tool.Json(
                "quantize", files.Checkpoint, "-o", output, "--bits", "3", "--groups", "4", "--recipe", Short(method), "--calibration", files.Data,
                "--threads", threads);
            JsonElement recipe = Tool.Json("inspect", output).GetProperty("recipe");
            Assert.Equal(method, recipe.GetProperty("steps")[1].GetProperty("step").GetString());
            using PackedModel model = PackedModel.Open(output);
            Assert.Equal(ActivationRange.PerToken, model.Spec.ActivationRange);
            return File.ReadAllBytes(output);
        }

        byte[] one = Quantize("1");
        Assert.Equal(one, Quantize("2"));
        string nearest = files.File("nearest.qg.safetensors");
        Tool.Json("quantize", files.Checkpoint, "-o", nearest, "--bits", "3", "--groups", "4", "--method", "nearest");
        Assert.NotEqual(one, File.ReadAllBytes(nearest));
    }

    [Theory]
    [InlineData("gamma-migration")]
    [InlineData("smooth")]
    public void Factors_that_move_leave_the_full_precision_outputs(string step)
    {
        string output = files.File(step + ".qg.safetensors");
        string recipe = files.File(step + ".json");
        File.WriteAllText(recipe, $$"""{"steps":[{"step":"{{step}}"}]}""");
        string[] calibration = step == "smooth" ? ["--calibration", files.Data] : [];
        Tool.Json(["quantize", files.Checkpoint, "-o", output, "--bits", "32", "--embedding-bits", "32", "--recipe", recipe, .. calibration]);
        using PackedModel model = PackedModel.Open(output);
        Assert.Equal(4, model.Spec.Graph.Nodes.Count(node => node is QuantGen.Graph.NormNode { HasFactors: true }));
        string[][] logits = [.. new[] { files.Checkpoint, output }.Select(Logits)];
        Assert.NotEqual(logits[0], logits[1]);
        foreach ((string before, string after) in logits[0].Zip(logits[1]))
        {
            Assert.Equal(double.Parse(before, CultureInfo.InvariantCulture), double.Parse(after, CultureInfo.InvariantCulture), 1e-5);
        }
    }

    [Theory]
    [InlineData("smoothquant", "smooth")]
    [InlineData("outlier-suppression", "gamma-migration")]
    public void Method_with_ranges_of_activations_stores_them_and_gives_the_same_bytes_for_any_number_of_threads(string method, string first)
    {
        byte[] Quantize(string threads)
        {
            string output = files.File($"{method}-{threads}.qg.safetensors");
            Tool.Json(
                "quantize", files.Checkpoint, "-o", output, "--bits", "6", "--activation-bits", "6", "--method", method, "--calibration", files.Data,
                "--threads", threads);
            JsonElement shown = Tool.Json("inspect", output);
            Assert.Equal(first, shown.GetProperty("recipe").GetProperty("steps")[0].GetProperty("step").GetString());
            string[] tensors = [.. shown.GetProperty("tensors").EnumerateArray().Select(tensor => tensor.GetProperty("name").GetString()!)];
            Assert.Equal(4, tensors.Count(name => name.EndsWith(".residual_factors", StringComparison.Ordinal)));
            using PackedModel model = PackedModel.Open(output);
            Assert.Equal(ActivationRange.Static, model.Spec.ActivationRange);
            return File.ReadAllBytes(output);
        }

        Assert.Equal(Quantize("1"), Quantize("2"));
    }

    [Fact]
    public void Clipping_that_keeps_all_tokens_of_one_batch_is_min_max_and_learning_moves_it()
    {
        float[] Scales(string name, string step)
        {
            string output = files.File(name + ".qg.safetensors");
            string recipe = files.File(name + ".json");
            File.WriteAllText(recipe, $$"""{"steps":[{"step":"min-max"},{{step}}]}""");
            Tool.Json("quantize", files.Checkpoint, "-o", output, "--bits", "8", "--activation-bits", "4", "--recipe", recipe, "--calibration", files.Data);
            using PackedModel model = PackedModel.Open(output);
            return [.. model.Spec.ActivationSites().Select(site => model.Floats(site.Name + ".input_scale")[0])];
        }

        float[] all = Scales("all-tokens", """{"step":"token-wise-clipping","range":0.001,"epochs":0}""");
        Assert.Equal(Scales("min-max", """{"step":"activation-min-max"}"""), all);
        Assert.NotEqual(all, Scales("moved", """{"step":"token-wise-clipping","range":0.001,"epochs":1}"""));
        Assert.NotEqual(all, Scales("mse", """{"step":"activation-mse"}"""));
    }

    [Fact]
    public void Bias_correction_changes_biases_alone()
    {
        string[] outputs = [files.File("plain.qg.safetensors"), files.File("corrected.qg.safetensors")];
        string recipe = files.File("correct.json");
        File.WriteAllText(recipe, """{"steps":[{"step":"mse"},{"step":"bias-correction"}]}""");
        Tool.Json("quantize", files.Checkpoint, "-o", outputs[0], "--bits", "2", "--method", "nearest");
        Tool.Json("quantize", files.Checkpoint, "-o", outputs[1], "--bits", "2", "--recipe", recipe, "--calibration", files.Data);
        using PackedModel plain = PackedModel.Open(outputs[0]);
        using PackedModel corrected = PackedModel.Open(outputs[1]);
        Assert.True(plain.Bytes("encoder.layer.0.attention.self.key.codes").SequenceEqual(corrected.Bytes("encoder.layer.0.attention.self.key.codes")));
        Assert.False(plain.Floats("encoder.layer.0.attention.self.key.bias").SequenceEqual(corrected.Floats("encoder.layer.0.attention.self.key.bias")));
    }

    [Fact]
    public void Range_step_is_the_clipping_of_that_name()
    {
        string[] outputs = [files.File("by-step.qg.safetensors"), files.File("by-option.qg.safetensors")];
        string recipe = files.File("percentile.json");
        File.WriteAllText(recipe, """{ "steps": [ { "step": "percentile" } ] }""");
        string[] common = ["quantize", files.Checkpoint, "--bits", "4", "--calibration", files.Data];
        Tool.Json([.. common, "-o", outputs[0], "--recipe", recipe]);
        Tool.Json([.. common, "-o", outputs[1], "--clipping", "percentile"]);
        using PackedModel byStep = PackedModel.Open(outputs[0]);
        using PackedModel byOption = PackedModel.Open(outputs[1]);
        Assert.True(byStep.Bytes("encoder.layer.0.attention.self.key.codes").SequenceEqual(byOption.Bytes("encoder.layer.0.attention.self.key.codes")));
        string site = byStep.Spec.ActivationSites()[0].Name + ".input_scale";
        Assert.Equal(byOption.Floats(site).ToArray(), byStep.Floats(site).ToArray());
        Assert.Equal(byOption.Recipe!.Clipping, byStep.Recipe!.Clipping);
    }

    [Theory]
    [InlineData("this recipe needs --calibration", "--bits", "4", "--method", "gptq")]
    [InlineData("step 'gptq': no matrix has evenly spaced codes", "--bits", "2", "--scheme", "k-means", "--method", "gptq", "--calibration", "DATA")]
    [InlineData("this recipe needs --calibration", "--bits", "8", "--method", "outlier-suppression")]
    [InlineData(
        "stores no ranges of activations", "--bits", "8", "--method", "outlier-suppression", "--activation-range", "per-token", "--calibration", "DATA")]
    [InlineData("has codes of one bit", "--bits", "1", "--method", "brecq", "--calibration", "DATA")]
    [InlineData("scales along inputs", "--bits", "4", "--group-size", "32", "--method", "mrem", "--calibration", "DATA")]
    [InlineData("--clipping and the recipe's first step", "--bits", "4", "--method", "gptq", "--clipping", "mse", "--calibration", "DATA")]
    [InlineData("--method takes", "--bits", "4", "--method", "magic")]
    public void Recipe_that_cannot_be_is_misuse(string message, params string[] options)
    {
        ToolResult result = Tool.Run(
            ["quantize", files.Checkpoint, "-o", files.File("none.qg.safetensors"), .. options.Select(option => option == "DATA" ? files.Data : option)]);
        Assert.Equal(ExitCode.Misuse, result.Code);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Compare_reports_both_and_fails_where_a_limit_is_broken()
    {
        string output = files.File("compared.qg.safetensors");
        Tool.Json("quantize", files.Checkpoint, "-o", output, "--bits", "8", "--method", "nearest");
        string[] compare = ["compare", files.Checkpoint, output, "--data", files.Data];
        JsonElement json = Tool.Json([.. compare, "--max-drop", "100", "--max-bytes", "100000000", "--max-latency-ms", "100000"]);
        Assert.Equal(new FileInfo(output).Length, json.GetProperty("b").GetProperty("bytes_total").GetInt64());
        Assert.InRange(json.GetProperty("agreement").GetDouble(), 0.5, 1);
        Assert.InRange(json.GetProperty("mean_kl").GetDouble(), 0, 0.1);
        ToolResult broken = Tool.Run([.. compare, "--max-bytes", "10", "--max-drop", "-100"]);
        Assert.Equal(ExitCode.Failure, broken.Code);
        Assert.Contains("B breaks --max-drop -100", broken.Error, StringComparison.Ordinal);
        Assert.Contains("--max-bytes 10: it has", broken.Error, StringComparison.Ordinal);
        Assert.Contains("rows agree", broken.Output, StringComparison.Ordinal);
    }

    private string[] Logits(string model)
    {
        string output = files.File(Path.GetFileName(model) + ".logits.tsv");
        Tool.Json("evaluate", model, "--data", files.Data, "--logits", output);
        return [.. File.ReadLines(output).SelectMany(line => line.Split('\t'))];
    }

    // The named recipe with few steps, which is enough to see that something moves.
    private string Short(string method)
    {
        string file = files.File(method + ".json");
        string text = Tool.Text("recipe", method);
        File.WriteAllText(file, text.Replace("\"steps\":600", "\"steps\":30", StringComparison.Ordinal));
        return file;
    }
}
