using System.Text.Json;
using QuantGen.Cli.Tests;
using static global::TorchSharp.torch;

namespace QuantGen.TorchSharp.Tests.Commands;

/// <summary>Command lines that train with products in bfloat16.</summary>
public sealed class PrecisionCommandTests(CheckpointFixture files) : IClassFixture<CheckpointFixture>
{
    private static readonly string[] s_mixed = ["--engine", "torch", "--precision", "bfloat16"];

    private static bool IsSupported => TorchDevice.HasBfloat16(CPU);

    [Fact]
    public void Loss_falls_and_log_and_result_name_the_precision()
    {
        (string output, string log) = (files.File("mixed"), files.File("mixed.jsonl"));
        string[] command =
        [
            "train", .. s_mixed, "--from", files.Checkpoint, "--data", files.Data, "-o", output, "--epochs", "4", "--batch", "8", "--learning-rate", "3e-3",
            "--log", log,
        ];
        if (!IsSupported)
        {
            Tool.Run(command).AssertFails(2, "The device 'cpu' has no products of bfloat16");
            return;
        }

        JsonElement json = Tool.Json(command);
        Assert.Equal("bfloat16", json.GetProperty("precision").GetString());
        using JsonDocument start = JsonDocument.Parse(File.ReadLines(log).First());
        Assert.Equal("bfloat16", start.RootElement.GetProperty("precision").GetString());
        double[] losses = [.. json.GetProperty("epochs").EnumerateArray().Select(epoch => epoch.GetProperty("loss").GetDouble())];
        Assert.True(losses[^1] < losses[0], string.Join(", ", losses));
    }

    [Fact]
    public void Interrupted_training_goes_on_to_the_same_bytes_and_in_no_other_precision()
    {
        if (!IsSupported)
        {
            return;
        }

        string[] options = ["--bits", "2", "--scheme", "lsq", "--epochs", "3", "--batch", "8", "--learning-rate", "1e-3", "--threads", "1"];
        (string whole, string cut) = (files.File("whole.qg.safetensors"), files.File("cut.qg.safetensors"));
        Tool.Json([.. Distillation.Command(files, whole), .. options, .. s_mixed]);
        Assert.Equal(130, ActingWriter.Interrupt("epoch 2, step 8", [.. Distillation.Command(files, cut), .. options, .. s_mixed]).Code);
        Tool.Run([.. Distillation.Command(files, cut), .. options, "--engine", "torch", "--resume"])
            .AssertFails(1, "'engine' of an interrupted training: expected torch on cpu, found torch on cpu in bfloat16");
        Tool.Json([.. Distillation.Command(files, cut), .. options, .. s_mixed, "--resume"]);
        Assert.Equal(File.ReadAllBytes(whole), File.ReadAllBytes(cut));
    }
}
