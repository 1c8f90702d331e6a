using System.Text.Json;

namespace QuantGen.Cli.Tests;

/// <summary>Command lines that train a student of the fixture's checkpoint, and what holds for all of them.</summary>
internal static class Distillation
{
    /// <summary>Begins a command line: teacher, data and output.</summary>
    public static string[] Command(CheckpointFixture files, string output) =>
        ["distill", "--teacher", files.Checkpoint, "--data", files.Data, "--eval-data", files.Data, "-o", output];

    /// <summary>
    /// Asserts that the packed student is worth what training measured, and that one which was interrupted in the second epoch has the same bytes.
    /// </summary>
    /// <param name="files">The checkpoint and its data.</param>
    /// <param name="name">What the outputs are called.</param>
    /// <param name="options">Options of all runs; three epochs of more than 8 steps.</param>
    /// <param name="whole">More options of the run that is not interrupted.</param>
    /// <param name="cut">More options of the one that is.</param>
    public static void AssertResumesToWhatWasMeasured(CheckpointFixture files, string name, string[] options, string[] whole, string[] cut)
    {
        string expected = files.File($"{name}.qg.safetensors");
        JsonElement json = Tool.Json([.. Command(files, expected), .. options, .. whole]);
        Assert.Equal(json.GetProperty("value").GetDouble(), Tool.Json("evaluate", expected, "--data", files.Data).GetProperty("value").GetDouble());
        string actual = files.File($"{name}-cut.qg.safetensors");
        Assert.Equal(130, ActingWriter.Interrupt("epoch 2, step 8", [.. Command(files, actual), .. options, .. cut]).Code);
        Tool.Json([.. Command(files, actual), .. options, "--resume"]);
        Assert.Equal(File.ReadAllBytes(expected), File.ReadAllBytes(actual));
    }
}
