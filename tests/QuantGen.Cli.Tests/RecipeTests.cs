using System.Text.Json;
using System.Text.RegularExpressions;
using QuantGen.Cli.Conventions;
using QuantGen.Packed;

namespace QuantGen.Cli.Tests;

public sealed class RecipeTests(CheckpointFixture files) : IClassFixture<CheckpointFixture>
{
    [Theory]
    [InlineData("gptq")]
    [InlineData("adaround")]
    [InlineData("brecq")]
    [InlineData("brecq", "\"halves\":0", "\"halves\":1")]
    [InlineData("brecq", "\"fisher\":0", "\"fisher\":1")]
    [InlineData("mrem")]
    [InlineData("mrem", "\"parallel\":0", "\"parallel\":1")]
    [InlineData("mrem", "\"parallel\":0", "\"parallel\":2")]
    public void Method_gives_the_same_bytes_for_any_number_of_threads_and_the_file_says_how(string method, string setting = "", string other = "")
    {
        byte[] Quantize(string threads)
        {
            string output = files.File($"{method}-{threads}.qg.safetensors");
            Tool.Json(
                "quantize", files.Checkpoint, "-o", output, "--bits", "3", "--groups", "4", "--recipe", Short(method, setting, other),
                "--calibration", files.Data, "--threads", threads);
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
    [InlineData("hessian")]
    [InlineData("search")]
    public void Planned_bits_keep_the_budget_and_do_not_depend_on_threads(string step)
    {
        string recipe = files.File(step + "-step.json");
        File.WriteAllText(recipe, $$"""{"steps":[{"step":"{{step}}","bits":2.5,"most_bits":5,"texts":20},{"step":"mse"}]}""");
        string[] outputs = [files.File(step + "-1.qg.safetensors"), files.File(step + "-2.qg.safetensors")];
        string[] common = ["quantize", files.Checkpoint, "--bits", "3", "--groups", "4"];
        JsonElement made = Tool.Json([.. common, "-o", outputs[0], "--recipe", recipe, "--calibration", files.Data, "--threads", "1"]);
        Tool.Json([.. common, "-o", outputs[1], "--recipe", recipe, "--calibration", files.Data, "--threads", "2"]);
        Assert.Equal(File.ReadAllBytes(outputs[0]), File.ReadAllBytes(outputs[1]));
        using PackedModel planned = PackedModel.Open(outputs[0]);
        int[] bits = [.. planned.Spec.Matrices.Select(matrix => matrix.Bits)];
        Assert.All(bits, own => Assert.InRange(own, 2, 5));
        Assert.True(bits.Distinct().Count() > 1);
        Assert.InRange(planned.Spec.Matrices.Sum(m => m.CodeBytes()), 1, (long)(2.5 / 8 * planned.Spec.Matrices.Sum(m => m.Rows * m.Columns)));
        Assert.All(planned.Spec.Matrices, matrix => Assert.True(
            made.GetProperty("tensors").EnumerateArray().Single(row => row.GetProperty("name").GetString() == matrix.Name)
                .GetProperty("sensitivity").GetDouble() >= 0));
        Assert.StartsWith("layer 0: ", Tool.Json("inspect", outputs[0]).GetProperty("plan").GetString(), StringComparison.Ordinal);
        Assert.Contains("plan layer 0: ", Tool.Text("inspect", outputs[0]), StringComparison.Ordinal);
        Assert.Equal(ExitCode.Success, Tool.Run("run", outputs[0], "--text", "a good film").Code);
    }

    [Theory]
    [InlineData("\"bits\":1.5", "the codes and scales of all matrices take, in bytes, at least")]
    [InlineData("\"bytes\":1000", "the codes and scales of all matrices take, in bytes, at least")]
    [InlineData("\"least_bits\":5,\"most_bits\":4", "'least_bits' is 5, and 'most_bits' is only 4")]
    public void Budget_without_a_plan_says_so(string setting, string message)
    {
        string recipe = files.File("none.json");
        File.WriteAllText(recipe, $$"""{"steps":[{"step":"hessian",{{setting}}},{"step":"mse"}]}""");
        ToolResult result = Tool.Run(
            "quantize", files.Checkpoint, "-o", files.File("no-plan.qg.safetensors"), "--bits", "3", "--recipe", recipe, "--calibration", files.Data);
        Assert.Equal(ExitCode.Failure, result.Code);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Search_may_choose_groups_codebooks_and_what_gradients_prefer()
    {
        string recipe = files.File("ways.json");
        File.WriteAllText(
            recipe,
            """{"steps":[{"step":"search","most_bits":4,"most_groups":16,"codebooks":1,"gradient":9,"texts":16,"rounds":3},{"step":"mse"},{"step":"gptq"}]}""");
        string[] outputs = [files.File("ways-1.qg.safetensors"), files.File("ways-2.qg.safetensors")];
        foreach ((string output, string threads) in outputs.Zip(["1", "2"]))
        {
            Tool.Json(
                "quantize", files.Checkpoint, "--bits", "3", "--groups", "4", "-o", output, "--recipe", recipe, "--calibration", files.Data,
                "--threads", threads);
        }

        Assert.Equal(File.ReadAllBytes(outputs[0]), File.ReadAllBytes(outputs[1]));
        using PackedModel planned = PackedModel.Open(outputs[0]);
        Assert.True(planned.Spec.Matrices.Select(matrix => (matrix.GroupCount, matrix.HasCodebook)).Distinct().Count() > 1);
        Assert.Equal(ExitCode.Success, Tool.Run("run", outputs[0], "--text", "a good film").Code);
    }

    [Fact]
    public void Search_keeps_to_measured_milliseconds()
    {
        string recipe = files.File("time.json");
        string output = files.File("time.qg.safetensors");
        string page = files.File("time.html");
        ToolResult Quantize(string settings)
        {
            File.WriteAllText(recipe, $$"""{"steps":[{"step":"search","tokens":8,"texts":8,"rounds":1,"most_bits":3,{{settings}}},{"step":"mse"}]}""");
            return Tool.Run("quantize", files.Checkpoint, "--bits", "3", "-o", output, "--recipe", recipe, "--calibration", files.Data, "--report", page);
        }

        // As much time as anybody has: what the plan foresees is something that was measured.
        Assert.Equal(ExitCode.Success, Quantize("\"milliseconds\":100000").Code);
        Assert.Matches(@"\| milliseconds as the plan foresaw \| \d+\.\d+ \|", File.ReadAllText(Path.ChangeExtension(page, ".md")));
        File.Delete(output);
        ToolResult none = Quantize("\"milliseconds\":0.000001");
        Assert.Equal(ExitCode.Failure, none.Code);
        Assert.Contains("the products of all matrices take, in nanoseconds, at least", none.Error, StringComparison.Ordinal);
        File.Delete(output + ".quantization");
        Assert.Contains("it excludes 'bits' and 'bytes'", Quantize("\"milliseconds\":1,\"bits\":3").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_bound_the_tensors_of_the_file()
    {
        string output = files.File("bytes.qg.safetensors");
        string recipe = files.File("bytes.json");
        string uniform = files.File("bytes-4.qg.safetensors");
        Tool.Json("quantize", files.Checkpoint, "-o", uniform, "--bits", "4", "--method", "nearest");
        JsonElement ledger = Tool.Json("inspect", uniform).GetProperty("bytes");
        long limit = ledger.EnumerateObject().Where(part => part.Name != "header").Sum(part => part.Value.GetInt64()) - 1500;
        File.WriteAllText(recipe, $$"""{"steps":[{"step":"hessian","bytes":{{limit}},"texts":20}]}""");
        Tool.Json("quantize", files.Checkpoint, "-o", output, "--bits", "4", "--recipe", recipe, "--calibration", files.Data);
        ledger = Tool.Json("inspect", output).GetProperty("bytes");
        Assert.InRange(
            ledger.EnumerateObject().Where(part => part.Name != "header").Sum(part => part.Value.GetInt64()), limit - 1500, limit);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("static")]
    public void Data_free_recipe_needs_no_texts_and_gives_the_same_bytes_for_any_number_of_threads(string? range)
    {
        string recipe = files.File("data-free.json");
        File.WriteAllText(recipe, """{"steps":[{"step":"data-free","texts":8,"length":8,"batch":4,"steps":12},{"step":"mse"},{"step":"gptq"}]}""");
        byte[] Quantize(string threads)
        {
            string output = files.File($"data-free-{threads}.qg.safetensors");
            string[] arguments = ["quantize", files.Checkpoint, "-o", output, "--bits", "3", "--recipe", recipe, "--threads", threads];
            Tool.Json(range is null ? arguments : [.. arguments, "--activation-range", range]);
            return File.ReadAllBytes(output);
        }

        Assert.Equal(Quantize("1"), Quantize("2"));
    }

    [Fact]
    public void Choices_of_brecq_begin_at_the_codes_of_gptq()
    {
        string[] outputs = [files.File("alone.qg.safetensors"), files.File("after.qg.safetensors")];
        foreach ((string output, string before) in outputs.Zip(["", """{"step":"gptq"},"""]))
        {
            string recipe = files.File("one-step.json");
            File.WriteAllText(
                recipe, $$$"""{"steps":[{"step":"mse"},{{{before}}}{"step":"brecq","steps":1,"learning_rate":0.000001,"bias_learning_rate":0}]}""");
            Tool.Json("quantize", files.Checkpoint, "-o", output, "--bits", "2", "--recipe", recipe, "--calibration", files.Data);
        }

        string[] methods = [files.File("nearest-codes.qg.safetensors"), files.File("gptq-codes.qg.safetensors")];
        Tool.Json("quantize", files.Checkpoint, "-o", methods[0], "--bits", "2", "--method", "nearest");
        Tool.Json("quantize", files.Checkpoint, "-o", methods[1], "--bits", "2", "--method", "gptq", "--calibration", files.Data);
        foreach ((string output, string method) in outputs.Zip(methods))
        {
            using PackedModel learned = PackedModel.Open(output);
            using PackedModel given = PackedModel.Open(method);
            string name = "encoder.layer.0.intermediate.dense.codes";
            Assert.True(learned.Bytes(name).SequenceEqual(given.Bytes(name)));
        }
    }

    [Fact]
    public void Stored_ranges_of_activations_learn_with_brecq()
    {
        string[] outputs = [files.File("fixed-ranges.qg.safetensors"), files.File("learned-ranges.qg.safetensors")];
        foreach ((string output, int steps) in outputs.Zip([0, 5]))
        {
            string recipe = files.File("ranges.json");
            File.WriteAllText(recipe, $$"""{"steps":[{"step":"mse"},{"step":"brecq","steps":5,"range_steps":{{steps}}}]}""");
            Tool.Json(
                "quantize", files.Checkpoint, "-o", output, "--bits", "4", "--recipe", recipe, "--calibration", files.Data, "--activation-range", "static");
        }

        using PackedModel fixedRanges = PackedModel.Open(outputs[0]);
        using PackedModel learned = PackedModel.Open(outputs[1]);
        string site = learned.Spec.ActivationSites()[0].Name;
        Assert.NotEqual(fixedRanges.Floats(site + ".input_scale").ToArray(), learned.Floats(site + ".input_scale").ToArray());
        Assert.True(fixedRanges.Bytes(site + ".input_zero_point").SequenceEqual(learned.Bytes(site + ".input_zero_point")));
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
    [InlineData("has codes of one bit", "--bits", "1", "--method", "adaround", "--calibration", "DATA")]
    [InlineData("scales along inputs", "--bits", "4", "--group-size", "32", "--method", "mrem", "--calibration", "DATA")]
    [InlineData("--clipping and the recipe's first step", "--bits", "4", "--method", "gptq", "--clipping", "mse", "--calibration", "DATA")]
    [InlineData("this recipe makes its own texts", "--bits", "4", "--method", "data-free", "--calibration", "DATA")]
    [InlineData("step 'hessian': no matrix has evenly spaced codes of one width", "--bits", "2", "--scheme", "k-means", "--method", "mixed", "--calibration",
        "DATA")]
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

    [Fact]
    public void Mrem_says_what_memory_it_needs()
    {
        string recipe = Short("mrem", "\"parallel\":0", "\"parallel\":1");
        string text = Tool.Text(
            "quantize", files.Checkpoint, "-o", files.File("memory.qg.safetensors"), "--bits", "4", "--recipe", recipe, "--calibration", files.Data);
        Assert.Matches("^mrem needs about [0-9,]+ MB\n", text);
    }

    // The named recipe with few steps, which is enough to see that something moves, and perhaps another setting.
    private string Short(string method, string setting, string other)
    {
        string file = files.File(method + ".json");
        string text = Tool.Text("recipe", method);
        Assert.Contains(setting, text, StringComparison.Ordinal);
        string changed = setting.Length == 0 ? text : text.Replace(setting, other, StringComparison.Ordinal);
        File.WriteAllText(file, Regex.Replace(changed, "\"steps\":[0-9]+", "\"steps\":30"));
        return file;
    }
}
