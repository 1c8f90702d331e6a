using System.Text.Json;
using QuantGen.Cli.Tests;

namespace QuantGen.TorchSharp.Tests.Commands;

/// <summary>Command lines that train on libtorch. What they write is read by commands that know nothing of it.</summary>
public sealed class TorchCommandTests(CheckpointFixture files) : IClassFixture<CheckpointFixture>
{
    [Fact]
    public void Checkpoint_trained_on_torch_is_what_evaluate_measures()
    {
        string output = files.File("learnt");
        JsonElement json = Tool.Json(
            "train", "--engine", "torch", "--config", Path.Combine(files.Checkpoint, "config.json"), "--vocabulary",
            Path.Combine(files.Checkpoint, "vocab.txt"),
            "--data", files.Data, "--eval-data", files.Data, "-o", output, "--epochs", "40", "--batch", "8", "--learning-rate", "3e-3");
        Assert.Equal(("torch", "cpu"), (json.GetProperty("engine").GetString(), json.GetProperty("device").GetString()));
        Assert.InRange(json.GetProperty("value").GetDouble(), 0.9, 1);
        Assert.Equal(
            json.GetProperty("value").GetDouble(), Tool.Json("evaluate", output, "--data", files.Data, "--max-length", "24").GetProperty("value").GetDouble());
    }

    [Fact]
    public void Masked_language_model_learns_on_torch()
    {
        string start = TinyCheckpoint.Write(files.File("mlm"), "BertForMaskedLM");
        string text = files.File("lines.txt");
        File.WriteAllLines(text, File.ReadLines(files.Data).Skip(1).Select(line => line.Split('\t')[0]));
        JsonElement json = Tool.Json(
            "pretrain", "--engine", "torch", "--from", start, "--text", text, "--eval-text", text, "-o", files.File("mlm-out"), "--epochs", "3",
            "--learning-rate", "3e-3");
        double[] losses = [.. json.GetProperty("epochs").EnumerateArray().Select(epoch => epoch.GetProperty("loss").GetDouble())];
        Assert.True(losses[^1] < losses[0], string.Join(", ", losses));
    }

    [Theory]
    [InlineData("lsq", "2")]
    [InlineData("q8bert", "8")]
    [InlineData("ternary", "2")]
    [InlineData("kmeans", "3")]
    [InlineData("linear-clusters", "4")]
    public void Interrupted_student_continues_to_the_same_bytes_and_is_packed_as_it_was_measured(string scheme, string bits)
    {
        string[] options =
        [
            "--engine", "torch", "--scheme", scheme, "--bits", bits, "--epochs", "3", "--batch", "8", "--learning-rate", "1e-3", "--threads", "1",
        ];
        Distillation.AssertResumesToWhatWasMeasured(files, scheme, options, [], []);
    }

    [Fact]
    public void Training_goes_on_with_the_engine_that_began_it()
    {
        string output = files.File("begun.qg.safetensors");
        string[] options = ["--bits", "8", "--epochs", "3", "--batch", "8"];
        Assert.Equal(130, ActingWriter.Interrupt("epoch 2, step 8", [.. Distill(output), .. options, "--engine", "torch"]).Code);
        Tool.Run([.. Distill(output), .. options, "--resume"])
            .AssertFails(1, "'engine' of an interrupted training: expected generated on cpu, found torch on cpu");
        Tool.Run([.. Distill(output), .. options, "--engine", "torch", "--teacher-engine", "generated", "--resume"])
            .AssertFails(1, "'engine of the teacher' of an interrupted training: expected generated on cpu, found torch on cpu");
    }

    [Theory]
    [InlineData("torch", "generated")]
    [InlineData("generated", "torch")]
    public void Teacher_and_student_have_engines_of_their_own(string student, string teacher)
    {
        (string output, string log) = (files.File($"{student}.qg.safetensors"), files.File($"{student}.jsonl"));
        JsonElement json = Tool.Json(
            [
                .. Distill(output), "--engine", student, "--teacher-engine", teacher, "--device", "cpu", "--bits", "32", "--max-steps", "1", "--learning-rate",
                "0", "--log", log, "--test-data", files.Data,
            ]);
        using JsonDocument start = JsonDocument.Parse(File.ReadLines(log).First());
        Assert.Equal((student, teacher), (start.RootElement.GetProperty("engine").GetString(), start.RootElement.GetProperty("teacher_engine").GetString()));

        // Of full precision and untrained, the student is the teacher but for the order of sums.
        Assert.InRange(json.GetProperty("test").GetProperty("before").GetProperty("divergence").GetDouble(), 0, 1e-9);
        Assert.InRange(json.GetProperty("test").GetProperty("before").GetProperty("hidden_signal_to_noise_db").GetDouble(), 100, 200);
    }

    [Fact]
    public void Device_that_is_not_there_is_one_line_and_exit_code_2()
        => Tool.Run([.. Distill(files.File("x")), "--bits", "8", "--engine", "torch", "--device", "cuda:255"]).AssertFails(2, "device 'cuda:255'");

    [Theory]
    [InlineData("train")]
    [InlineData("pretrain")]
    [InlineData("distill")]
    public void Help_says_which_engines_the_build_has(string command) =>
        Assert.Matches(@"--engine [\s\S]*This build has\s+generated\s+and\s+torch\.", Tool.Text(command, "--help"));

    private string[] Distill(string output) => Distillation.Command(files, output);
}
