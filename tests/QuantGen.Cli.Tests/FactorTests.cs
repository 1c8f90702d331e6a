using System.Globalization;
using System.Text.Json;
using QuantGen.Packed;

namespace QuantGen.Cli.Tests;

/// <summary>Recipes that move factors out of normalizations, and that find ranges of activations.</summary>
public sealed class FactorTests(CheckpointFixture files) : IClassFixture<CheckpointFixture>
{
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

    private string[] Logits(string model)
    {
        string output = files.File(Path.GetFileName(model) + ".logits.tsv");
        Tool.Json("evaluate", model, "--data", files.Data, "--logits", output);
        return [.. File.ReadLines(output).SelectMany(line => line.Split('\t'))];
    }
}
