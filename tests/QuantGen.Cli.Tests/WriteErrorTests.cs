using System.Diagnostics;
using System.Globalization;

namespace QuantGen.Cli.Tests;

/// <summary>What is left when a file cannot be written.</summary>
public sealed class WriteErrorTests(CheckpointFixture files) : IClassFixture<CheckpointFixture>
{
    // Blocks of ulimit have 512 or 1,024 bytes; a state of these trainings has about 180,000, a checkpoint 50,000, a student of 2 bits 14,000.
    private const int BlocksOfStudentsOnly = 40;
    private const int BlocksOfNothing = 8;

    [Fact]
    public void Output_is_tried_before_the_training()
    {
        string folder = files.File("a-folder");
        Directory.CreateDirectory(folder);
        Tool.Run([.. Distill(folder), "--max-steps", "1"]).AssertFails(1, $"cannot write '{folder}': ");
        Tool.Run([.. Distill(Path.Combine(files.Data, "x.qg.safetensors")), "--max-steps", "1"]).AssertFails(1, "data.tsv");
        Tool.Run([.. Distill(files.File("paged")), "--max-steps", "1", "--report", folder]).AssertFails(1, $"cannot write '{folder}': ");
    }

    [Fact]
    public void Folders_of_the_output_are_made()
    {
        string output = files.File("made/by/training.qg.safetensors");
        Tool.Json([.. Distill(output), "--max-steps", "2", "--checkpoint-every", "1"]);
        Assert.Equal([output, files.File("made/by/training.spec.json")], Directory.GetFiles(files.File("made/by")).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Output_that_cannot_be_written_in_the_end_is_written_when_the_training_is_resumed()
    {
        string[] options = ["--epochs", "2", "--checkpoint-every", "0"];
        string whole = files.File("whole.qg.safetensors");
        Tool.Json([.. Distill(whole), .. options]);
        string output = files.File("late.qg.safetensors");
        ToolResult failed = ActingWriter.Run("epoch 2 done", () => Directory.CreateDirectory(output), [.. Distill(output), .. options]);
        Assert.Equal(1, failed.Code);
        Assert.StartsWith($"quantgen: cannot write '{output}': ", failed.Error);
        Assert.EndsWith($"; {output}.training holds the training as it is after step 4\n", failed.Error.ReplaceLineEndings("\n"));
        Directory.Delete(output);
        Assert.DoesNotContain("epoch 2, step", Tool.Text([.. Distill(output), .. options, "--resume"]));
        Assert.Equal(File.ReadAllBytes(whole), File.ReadAllBytes(output));
    }

    [Fact]
    public void Page_that_cannot_be_written_in_the_end_does_not_cost_the_model()
    {
        (string output, string page) = (files.File("pageless.qg.safetensors"), files.File("page.html"));
        ToolResult failed = ActingWriter.Run("epoch 1 done", () => Directory.CreateDirectory(page), [.. Distill(output), "--epochs", "1", "--report", page]);
        Assert.Equal(1, failed.Code);
        Assert.StartsWith($"quantgen: cannot write '{page}': ", failed.Error);
        Assert.Equal(40, Tool.Json("evaluate", output, "--data", files.Data).GetProperty("rows").GetInt32());
    }

    [LinuxFact]
    public void Log_on_a_full_disk_ends_the_training_and_its_state_is_kept()
    {
        string output = files.File("logged.qg.safetensors");
        ToolResult failed = Tool.Run([.. Distill(output), "--epochs", "2", "--log", "/dev/full"]);
        Assert.Equal(1, failed.Code);
        Assert.StartsWith("quantgen: No space left on device : '/dev/full'; ", failed.Error);
        Assert.Single(failed.Error.TrimEnd().Split('\n'));
        Tool.Json([.. Distill(output), "--epochs", "2", "--resume"]);
    }

    [Fact]
    public void Log_with_a_part_of_a_line_goes_on_with_a_new_one()
    {
        (string output, string log) = (files.File("parts.qg.safetensors"), files.File("parts.jsonl"));
        string[] options = [.. Distill(output), "--epochs", "2", "--log", log];
        Assert.Equal(130, ActingWriter.Interrupt("epoch 1 done", options).Code);
        int lines = File.ReadAllLines(log).Length;
        File.AppendAllText(log, "{\"event\":\"st");
        Tool.Json([.. options, "--resume"]);
        string[] all = File.ReadAllLines(log);
        Assert.All(all, line => Assert.StartsWith("{\"event\":", line));
        Assert.StartsWith("{\"event\":\"start\"", all[lines]);
    }

    [LinuxFact]
    public void Training_whose_state_does_not_fit_writes_its_student()
    {
        string output = files.File("fits.qg.safetensors");
        ToolResult run = Limited(BlocksOfStudentsOnly, [.. Distill(output), "--epochs", "2", "--checkpoint-every", "3"]);
        Assert.Equal(string.Empty, run.Error);
        Assert.Contains($"step 3: cannot write '{output}.training': ", run.Output);
        Assert.Equal(0, run.Code);
        string other = files.File("fits-too.qg.safetensors");
        Tool.Json([.. Distill(other), "--epochs", "2"]);
        Assert.Equal(File.ReadAllBytes(other), File.ReadAllBytes(output));
    }

    [LinuxTheory]
    [InlineData("distill")]
    [InlineData("train")]
    [InlineData("quantize")]
    public void Earlier_output_stays_when_the_new_one_does_not_fit(string command)
    {
        string output = files.File("earlier-" + command);
        string[] line = command switch
        {
            "distill" => [.. Distill(output), "--max-steps", "3"],
            "train" => ["train", "--from", files.Checkpoint, "--data", files.Data, "-o", output, "--max-steps", "3"],
            _ => ["quantize", files.Checkpoint, "--bits", "2", "-o", output],
        };
        Tool.Json(line);
        Dictionary<string, byte[]> before = Contents(output);
        string config = Path.Combine(files.Checkpoint, "config.json");
        File.WriteAllText(config, $$"""{"of {{command}}": 1,{{File.ReadAllText(config).TrimStart().TrimStart('{')}}""");
        ToolResult run = Limited(BlocksOfNothing, line);
        Assert.Equal(1, run.Code);
        Assert.StartsWith("quantgen: cannot write '" + output, run.Error);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
        Assert.Equal(before, Contents(output));
    }

    // Files of a process, and of its children, can be limited by shells of Unix only. The runtime maps a large file when it protects code from being written.
    private static ToolResult Limited(int blocks, string[] args)
    {
        string script = string.Create(CultureInfo.InvariantCulture, $"trap '' XFSZ; ulimit -f {blocks}; exec \"$@\"");
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        foreach (string arg in (string[])["-c", script, "sh", "dotnet", typeof(CliApplication).Assembly.Location, .. args])
        {
            start.ArgumentList.Add(arg);
        }

        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new ToolResult(process.ExitCode, output, error.Result);
    }

    private static Dictionary<string, byte[]> Contents(string path) => Directory.Exists(path)
        ? Directory.GetFiles(path).Order(StringComparer.Ordinal).ToDictionary(file => file, File.ReadAllBytes)
        : new() { [path] = File.ReadAllBytes(path) };

    private string[] Distill(string output) =>
        ["distill", "--teacher", files.Checkpoint, "--data", files.Data, "--eval-data", files.Data, "--bits", "2", "-o", output];
}
