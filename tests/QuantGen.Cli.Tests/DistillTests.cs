using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using QuantGen.Packed;

namespace QuantGen.Cli.Tests;

public sealed class DistillTests(CheckpointFixture files) : IClassFixture<CheckpointFixture>
{
    [Fact]
    public void Student_with_fewer_layers_is_packed_as_it_was_trained()
    {
        string output = files.File("shallow.qg.safetensors");
        JsonElement json = Tool.Json([.. Command(output), "--bits", "32", "--layers", "1", "--epochs", "2", "--test-data", files.Data]);
        JsonElement test = json.GetProperty("test");
        Assert.Equal("accuracy", test.GetProperty("metric").GetString());
        Assert.True(test.GetProperty("before").GetProperty("divergence").GetDouble() > 0);
        Assert.Equal(new FileInfo(output).Length, json.GetProperty("bytes_total").GetInt64());
        double measured = Tool.Json("evaluate", output, "--data", files.Data).GetProperty("value").GetDouble();
        Assert.Equal(measured, test.GetProperty("after").GetProperty("value").GetDouble());
        Assert.Equal(measured, json.GetProperty("value").GetDouble());
    }

    [Fact]
    public void Student_of_full_precision_starts_as_its_teacher()
    {
        string output = files.File("same.qg.safetensors");
        JsonElement test = Tool.Json([.. Command(output), "--bits", "32", "--max-steps", "1", "--learning-rate", "0", "--test-data", files.Data])
            .GetProperty("test");
        Assert.All(["before", "after"], when =>
        {
            Assert.Equal(1, test.GetProperty(when).GetProperty("agreement").GetDouble());
            Assert.Equal(0, test.GetProperty(when).GetProperty("divergence").GetDouble());
            Assert.Equal(JsonValueKind.Null, test.GetProperty(when).GetProperty("hidden_signal_to_noise_db").ValueKind);
        });
        Assert.Equal(
            Tool.Json("evaluate", files.Checkpoint, "--data", files.Data).GetProperty("logits_sha256").GetString(),
            Tool.Json("evaluate", output, "--data", files.Data).GetProperty("logits_sha256").GetString());
    }

    [Theory]
    [InlineData("lsq", "2")]
    [InlineData("q8bert", "8")]
    [InlineData("ternary", "2")]
    [InlineData("k-means", "3")]
    [InlineData("linear-clusters", "4")]
    [InlineData("ternary", "1")]
    [InlineData("ternary", "1", "--embedding-bits", "1")]
    [InlineData("binarybert", "1", "--embedding-bits", "1")]
    public void Method_is_packed_as_it_was_measured_whatever_the_threads_and_however_often_interrupted(
        string scheme, string bits, params string[] more)
    {
        string[] options = ["--scheme", scheme, "--bits", bits, "--epochs", "3", "--batch", "8", "--learning-rate", "1e-3", .. more];
        Distillation.AssertResumesToWhatWasMeasured(files, scheme, options, ["--threads", "1"], ["--threads", "2"]);
    }

    [Theory]
    [InlineData("epoch 1, step 2")]
    [InlineData("epoch 2 done")]
    [InlineData("stage 3 of 4")]
    [InlineData("epoch 4, step 18")]
    public void Pairs_of_binary_weights_go_on_from_whichever_stage_was_interrupted(string line)
    {
        string[] options = ["--scheme", "binarybert", "--bits", "1", "--embedding-bits", "2", "--epochs", "1", "--batch", "8"];
        string expected = files.File("pairs.qg.safetensors");
        JsonElement json = Tool.Json([.. Command(expected), .. options, "--threads", "1"]);
        Assert.Equal(20, json.GetProperty("steps").GetInt64());
        Assert.Equal([1, 2, 3, 4], json.GetProperty("epochs").EnumerateArray().Select(epoch => epoch.GetProperty("epoch").GetInt32()));
        Assert.Equal(json.GetProperty("value").GetDouble(), Tool.Json("evaluate", expected, "--data", files.Data).GetProperty("value").GetDouble());
        string actual = files.File("pairs-cut.qg.safetensors");
        Assert.Equal(130, ActingWriter.Interrupt(line, [.. Command(actual), .. options, "--threads", "2"]).Code);
        JsonElement resumed = Tool.Json([.. Command(actual), .. options, "--resume"]);
        Assert.Equal(json.GetProperty("epochs").GetRawText(), resumed.GetProperty("epochs").GetRawText());
        Assert.Equal(File.ReadAllBytes(expected), File.ReadAllBytes(actual));
    }

    [Fact]
    public void Within_a_budget_only_those_matrices_are_split_that_lose_most_otherwise()
    {
        string[] options = ["--scheme", "binarybert", "--bits", "1", "--embedding-bits", "1", "--epochs", "1", "--batch", "8"];
        ToolResult refused = Tool.Run([.. Command(files.File("none.qg.safetensors")), .. options, "--split-budget", "1"]);
        Assert.Equal(2, refused.Code);
        long[] sizes = [.. Regex.Matches(refused.Error, "[0-9]{4,}").Select(match => long.Parse(match.Value, CultureInfo.InvariantCulture))];
        Assert.Equal(2, sizes.Length);
        long budget = (sizes[0] + sizes[1]) / 2;
        string[] within = [.. options, "--split-budget", budget.ToString(CultureInfo.InvariantCulture)];
        string expected = files.File("within.qg.safetensors");
        JsonElement json = Tool.Json([.. Command(expected), .. within, "--threads", "1"]);
        Assert.Equal(json.GetProperty("value").GetDouble(), Tool.Json("evaluate", expected, "--data", files.Data).GetProperty("value").GetDouble());
        using (PackedModel packed = PackedModel.Open(expected))
        {
            Assert.InRange(packed.Tensors.Sum(tensor => tensor.Bytes), sizes[0], budget);
            Assert.Contains(packed.Spec.Matrices, matrix => matrix.IsPair);
            Assert.Contains(packed.Spec.Matrices, matrix => matrix.IsUniform);
            Assert.All(
                packed.Spec.Matrices.GroupBy(matrix => packed.Spec.Graph.SiteOf(matrix.Name)), group => Assert.Single(group.Select(m => m.Storage).Distinct()));
        }

        string[] plan = Tool.Json("inspect", expected).GetProperty("plan").GetString()!.Split([' ', ';']);
        Assert.Contains("2x1", plan);
        Assert.Contains("1", plan);
        string actual = files.File("within-cut.qg.safetensors");
        Assert.Equal(130, ActingWriter.Interrupt("stage 3 of 4", [.. Command(actual), .. within, "--threads", "2"]).Code);
        Assert.Contains(
            "split budget", Tool.Run([.. Command(actual), .. options, "--split-budget", $"{budget + 1}", "--resume"]).Error, StringComparison.Ordinal);
        Tool.Json([.. Command(actual), .. within, "--resume"]);
        Assert.Equal(File.ReadAllBytes(expected), File.ReadAllBytes(actual));
    }

    [Theory]
    [InlineData("epoch 1, step 3")]
    [InlineData("stage 2 of 2")]
    [InlineData("epoch 2, step 8")]
    public void Activations_of_one_bit_learn_through_two_bits_and_go_on_from_whichever_stage_was_interrupted(string line)
    {
        string[] options = ["--scheme", "bit", "--bits", "1", "--embedding-bits", "2", "--epochs", "1", "--batch", "8"];
        string expected = files.File("bit.qg.safetensors");
        JsonElement json = Tool.Json([.. Command(expected), .. options, "--threads", "1"]);
        Assert.Equal(10, json.GetProperty("steps").GetInt64());
        Assert.Equal(json.GetProperty("value").GetDouble(), Tool.Json("evaluate", expected, "--data", files.Data).GetProperty("value").GetDouble());
        using (PackedModel packed = PackedModel.Open(expected))
        {
            Assert.Equal((1, 8, HiddenActivation.Relu), (packed.Spec.ActivationBits, packed.Spec.AttentionBits, packed.Spec.Dimensions.HiddenActivation));
            Assert.Equal(Scheme.Bit, packed.Recipe.Scheme);
        }

        string actual = files.File("bit-cut.qg.safetensors");
        Assert.Equal(130, ActingWriter.Interrupt(line, [.. Command(actual), .. options, "--threads", "2"]).Code);
        JsonElement resumed = Tool.Json([.. Command(actual), .. options, "--resume"]);
        Assert.Equal(json.GetProperty("epochs").GetRawText(), resumed.GetProperty("epochs").GetRawText());
        Assert.Equal(File.ReadAllBytes(expected), File.ReadAllBytes(actual));
    }

    [Theory]
    [InlineData("--no-cascade", "--hidden-activation", "gelu")]
    [InlineData("--no-cascade", "--activation-scales", "mean")]
    [InlineData("--no-cascade", "--attention-bits", "32", "--attention", "boolean")]
    [InlineData("--activation-bits", "2")]
    public void One_bit_around_the_mean_is_worth_what_training_measured(params string[] more)
    {
        string output = files.File($"bit{more[^1]}.qg.safetensors");
        JsonElement json = Tool.Json(
            [.. Command(output), "--scheme", "bit", "--bits", "1", "--epochs", "1", "--batch", "8", "--learning-rate", "1e-3", .. more]);
        Assert.Equal(5, json.GetProperty("steps").GetInt64());
        Assert.Equal(json.GetProperty("value").GetDouble(), Tool.Json("evaluate", output, "--data", files.Data).GetProperty("value").GetDouble());
    }

    [Fact]
    public void Directions_and_signs_are_packed_as_they_were_measured_whatever_the_threads_and_however_often_interrupted() =>
        Distillation.AssertResumesToWhatWasMeasured(
            files, "bibert", ["--scheme", "bibert", "--bits", "1", "--epochs", "3", "--batch", "8"], ["--threads", "1"], ["--threads", "2"]);

    [Theory]
    [InlineData("A student of 3 layers cannot imitate a teacher of 2", 1, "--bits", "32", "--layers", "3")]
    [InlineData("--bits takes 1, 2, 3, 4, 5, 6, 7, 8 or 32, and it is '9'", 2, "--bits", "9")]
    [InlineData(
        "--scheme takes linear (q8bert) or lsq or ternary or k-means or linear-clusters or binarybert or bit or bibert or fullyqt, and it is 'magic'", 2,
        "--bits", "2",
        "--scheme", "magic")]
    [InlineData("--weight-scale-lr needs --scheme lsq", 2, "--bits", "2", "--scheme", "ternary", "--weight-scale-lr", "0.1")]
    [InlineData("--cluster-iterations needs --scheme k-means", 2, "--bits", "2", "--cluster-iterations", "5")]
    [InlineData("--temperature needs a loss with kd", 2, "--bits", "2", "--loss", "gt", "--temperature", "2")]
    [InlineData("Weights cannot have 8 bits with a codebook", 2, "--bits", "8", "--scheme", "k-means")]
    [InlineData("cannot have 1 bits with the scheme lsq", 2, "--bits", "1")]
    [InlineData("Weights cannot have 2 bits in pairs; use 1", 2, "--bits", "2", "--scheme", "binarybert")]
    [InlineData("--split-budget needs --scheme binarybert", 2, "--bits", "1", "--scheme", "ternary", "--split-budget", "900000")]
    [InlineData("--width-multiplier needs --scheme binarybert", 2, "--bits", "1", "--scheme", "ternary", "--width-multiplier", "0.5")]
    [InlineData("cannot have 2 bits with the scheme bit; use 1", 2, "--bits", "2", "--scheme", "bit", "--activation-bits", "8")]
    [InlineData("--no-cascade needs --scheme bit and activations of one bit", 2, "--bits", "1", "--scheme", "bit", "--activation-bits", "4", "--no-cascade")]
    [InlineData("--activation-scales needs activations of one bit", 2, "--bits", "1", "--scheme", "ternary", "--activation-scales", "mean")]
    [InlineData("Boolean attention multiplies one bit", 2, "--bits", "1", "--scheme", "bibert", "--attention-bits", "8")]
    [InlineData("--activation-scale-lr needs --scheme lsq, bit or bibert", 2, "--bits", "2", "--scheme", "ternary", "--activation-scale-lr", "0.1")]
    [InlineData("--loss needs another --scheme", 2, "--bits", "1", "--scheme", "binarybert", "--loss", "gt")]
    public void Misuse_is_explained(string message, int code, params string[] options)
        => Tool.Run([.. Command(files.File("x.qg.safetensors")), .. options]).AssertFails(code, message);

    [Fact]
    public void Data_for_another_head_is_refused()
    {
        string text = files.File("lines.json");
        File.WriteAllText(
            text, """{"data":[{"paragraphs":[{"context":"a film","qas":[{"id":"1","question":"what ?","answers":[{"text":"film","answer_start":2}]}]}]}]}""");
        Tool.Run("distill", "--teacher", files.Checkpoint, "--data", text, "-o", files.File("x.qg.safetensors"), "--bits", "32")
            .AssertFails(2, "lines.json is for models with the head question_answering, and this one has sequence_classification");
    }

    private string[] Command(string output) => Distillation.Command(files, output);
}
