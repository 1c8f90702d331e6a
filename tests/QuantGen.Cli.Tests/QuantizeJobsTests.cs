using System.Diagnostics;
using System.Text.Json;
using QuantGen.Cli.Conventions;
using QuantGen.Cli.Jobs;

namespace QuantGen.Cli.Tests;

/// <summary>Independent parts of a recipe are done in any process, and the file is the one that a single process writes.</summary>
public sealed class QuantizeJobsTests(CheckpointFixture files) : IClassFixture<CheckpointFixture>
{
    private const string Modules = """{"steps":[{"step":"percentile"},{"step":"mrem","steps":8,"batch":8,"parallel":2}]}""";

    private const string Searched = """
        {"steps":[{"step":"search","bits":2.5,"most_bits":5,"texts":20,"rounds":2},{"step":"mse"},{"step":"mrem","steps":4,"parallel":2}]}
        """;

    private const string Curved = """
        {"steps":[{"step":"data-free","texts":8,"length":8,"batch":4,"steps":12},
        {"step":"hessian","bits":2.5,"most_bits":5,"texts":8,"parts":2},{"step":"mse"},{"step":"gptq"}]}
        """;

    [Theory]
    [InlineData(Modules, "mrem", 2)]
    [InlineData(Searched, "search", 3)]
    [InlineData(Curved, "hessian", 3)]
    public void File_is_the_same_by_one_process_by_several_and_by_exported_jobs(string recipe, string step, int jobs)
    {
        byte[] one = Quantize(recipe, "--threads", "1");
        Assert.Equal(one, Quantize(recipe, "--threads", "2"));
        Assert.Equal(one, Quantize(recipe, "--jobs", "2"));

        (string folder, string output) = Export(recipe);
        JsonElement manifest = Manifest(folder);
        Assert.Equal((step, jobs), (manifest.GetProperty("step").GetString(), manifest.GetProperty("jobs").GetInt32()));
        Assert.Equal(Enumerable.Range(1, jobs).Select(job => $"sh job.sh {job}"), File.ReadAllLines(Path.Combine(folder, JobFolder.Lines)));
        foreach (int job in Enumerable.Range(1, jobs).Reverse())
        {
            Assert.Equal($"job {job} of {jobs} is done\n", Tool.Text("quantize", "--collect", folder, "--job", $"{job}"));
        }

        Assert.Equal($"job 1 of {jobs} was done before\n", Tool.Text("quantize", "--collect", folder, "--job", "1"));
        Tool.Text("quantize", "--collect", folder);
        Assert.Equal(one, File.ReadAllBytes(output));

        string other = Name("other.qg.safetensors");
        Tool.Json("quantize", "--collect", folder, "-o", other, "--threads", "2");
        Assert.Equal(one, File.ReadAllBytes(other));
    }

    [Fact]
    public void Lines_run_unchanged_in_a_folder_whatever_its_name()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        (string folder, string output) = Export(Modules, Name("it's \"a\" $folder"));
        var start = new ProcessStartInfo("sh", ["-c", "xargs -P 2 -I{} sh -c '{}' < jobs.txt"]) { WorkingDirectory = folder, RedirectStandardOutput = true };
        using (Process process = Process.Start(start)!)
        {
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.Equal(0, process.ExitCode);
        }

        Tool.Text("quantize", "--collect", folder);
        Assert.Equal(Quantize(Modules), File.ReadAllBytes(output));
    }

    [Fact]
    public void Missing_damaged_and_foreign_results_are_named_in_one_line()
    {
        (string folder, string output) = Export(Modules);
        Collect(folder).AssertFails(1, "of 2 results job 1 is missing, job 2 is missing; do these lines of jobs.txt again");
        Tool.Text("quantize", "--collect", folder, "--job", "1");
        Tool.Text("quantize", "--collect", folder, "--job", "2");
        string[] results = [Path.Combine(folder, "result-1.job"), Path.Combine(folder, "result-2.job")];
        byte[][] whole = Array.ConvertAll(results, File.ReadAllBytes);

        File.WriteAllBytes(results[0], whole[0][..^7]);
        Collect(folder).AssertFails(1, "of 2 results job 1 is damaged; ");
        foreach (int at in (int[])[3, 100, whole[1].Length / 2, whole[1].Length - 1])
        {
            byte[] flipped = [.. whole[1]];
            flipped[at] ^= 1;
            File.WriteAllBytes(results[1], flipped);
            Collect(folder).AssertFails(1, "of 2 results job 1 is damaged, job 2 is damaged; ");
        }

        File.WriteAllBytes(results[0], whole[1]);
        File.Delete(results[1]);
        Collect(folder).AssertFails(1, "of 2 results job 1 is of other work, with another job, job 2 is missing; ");
        (string other, _) = Export(Modules.Replace("\"steps\":8", "\"steps\":7", StringComparison.Ordinal));
        Tool.Text("quantize", "--collect", other, "--job", "1");
        File.Copy(Path.Combine(other, "result-1.job"), results[0], overwrite: true);
        Collect(folder).AssertFails(1, "job 1 is of other work, with another state");
        Assert.False(File.Exists(output));

        // What is wrong is done again, and only that.
        File.WriteAllBytes(results[1], whole[1]);
        Tool.Text("quantize", "--collect", folder, "--job", "1");
        Assert.Equal(whole[0], File.ReadAllBytes(results[0]));
        Tool.Text("quantize", "--collect", folder);
    }

    [Theory]
    [InlineData("version", "tool: expected")]
    [InlineData("key", "jobs.json: expected a description of jobs")]
    [InlineData("options", "'model' of an interrupted quantization")]
    [InlineData("recipe", "'recipe' of an interrupted quantization")]
    [InlineData("texts", "'rows' of an interrupted quantization")]
    [InlineData("checkpoint", "'weights' of an interrupted quantization")]
    [InlineData("state", "state.safetensors: ")]
    [InlineData("none", "expected a folder of exported jobs, found none")]
    public void Folder_of_something_else_is_refused(string what, string message)
    {
        string checkpoint = TinyCheckpoint.Write(Name("own"));
        (string folder, _) = Export(Modules, checkpoint: checkpoint);
        string manifest = Path.Combine(folder, "jobs.json");
        void Change(string file, string before, string after)
        {
            string text = File.ReadAllText(file);
            Assert.Contains(before, text, StringComparison.Ordinal);
            File.WriteAllText(file, text.Replace(before, after, StringComparison.Ordinal));
        }

        void Flip(string file, int fromEnd)
        {
            byte[] bytes = File.ReadAllBytes(file);
            bytes[^fromEnd] ^= 1;
            File.WriteAllBytes(file, bytes);
        }

        Action change = what switch
        {
            "version" => () => Change(manifest, $"\"tool\": \"{JobManifest.Version}\"", "\"tool\": \"0.0.1\""),
            "key" => () => Change(manifest, "\"tool\"", "\"tools\""),
            "options" => () => Change(manifest, "\"value\": \"3\"", "\"value\": \"4\""),
            "recipe" => () => Change(Directory.GetFiles(folder, "*.json", SearchOption.AllDirectories).Single(file => file != manifest), ":8", ":9"),
            "texts" => () => Change(Path.Combine(folder, "inputs", "calibration", "data.tsv"), "film", "plot"),
            "checkpoint" => () => Flip(Path.Combine(checkpoint, "model.safetensors"), 4),
            "state" => () => Flip(Path.Combine(folder, "state.safetensors"), 4),
            _ => () => File.Delete(manifest),
        };
        change();
        Tool.Run("quantize", "--collect", folder, "--job", "1").AssertFails(1, message);
        Collect(folder).AssertFails(1, message);
    }

    [Fact]
    public void Processes_that_were_stopped_go_on()
    {
        string output = Name("stopped.qg.safetensors");
        string[] command = Command(Modules, output);
        Tool.Text([.. command, "--export-jobs", output + ".jobs"]);
        Tool.Text("quantize", "--collect", output + ".jobs", "--job", "2");
        Tool.Run([.. command, "--jobs", "2"]).AssertFails(2, "continue it with --resume");
        Tool.Json([.. command, "--jobs", "2", "--resume"]);
        Assert.Equal(Quantize(Modules), File.ReadAllBytes(output));
        Assert.False(Directory.Exists(output + ".jobs"));
    }

    [Fact]
    public void Job_that_fails_says_why()
    {
        string output = Name("failed.qg.safetensors");
        string[] command = Command(Modules, output);
        Tool.Text([.. command, "--export-jobs", output + ".jobs"]);
        Directory.CreateDirectory(Path.Combine(output + ".jobs", "result-1.job"));
        ToolResult result = Tool.Run([.. command, "--jobs", "1", "--resume", "--json"]);
        result.AssertFails(1, "job 1: cannot write");
    }

    [Theory]
    [InlineData("--jobs has nothing to do: no step of the recipe has independent jobs", "--method", "gptq", "--jobs", "2")]
    [InlineData("--export-jobs has nothing to do", "--method", "mrem", "--export-jobs", "FOLDER")]
    [InlineData("--jobs has nothing to do", "--jobs", "2")]
    [InlineData("--jobs and --export-jobs exclude each other", "--method", "search", "--export-jobs", "FOLDER", "--jobs", "2")]
    [InlineData("--job needs --collect", "--method", "search", "--job", "2")]
    [InlineData("--jobs takes a whole number from 1", "--method", "search", "--jobs", "0")]
    [InlineData("the folder of --collect says --bits itself", "--collect", "FOLDER")]
    [InlineData("is not empty", "--method", "search", "--export-jobs", "FULL")]
    public void Jobs_that_cannot_be_are_misuse(string message, params string[] options)
    {
        string full = Name("full");
        Directory.CreateDirectory(full);
        File.WriteAllText(Path.Combine(full, "notes.txt"), "mine");
        string[] input = options.Contains("--method") && options.Contains("search") || options.Contains("gptq") || options.Contains("mrem")
            ? ["--calibration", files.Data] : [];
        string[] resolved = [.. options.Select(option => option == "FOLDER" ? Name("folder") : option == "FULL" ? full : option)];
        string[] checkpoint = options.Contains("--collect") ? [] : [files.Checkpoint];
        Tool.Run(["quantize", .. checkpoint, "-o", Name("none"), "--bits", "4", .. input, .. resolved]).AssertFails(2, message);
        Assert.Equal("mine", File.ReadAllText(Path.Combine(full, "notes.txt")));
    }

    [Fact]
    public void Folder_of_jobs_is_written_once_and_has_no_more_jobs_than_it_has()
    {
        (string folder, string output) = Export(Modules);
        Tool.Run([.. Command(Modules, output), "--export-jobs", folder]).AssertFails(2, "holds jobs already");
        Tool.Run("quantize", "--collect", folder, "--job", "3").AssertFails(2, "there is no job 3: ");
        Tool.Run("quantize", "--collect", folder, "--job", "1", "--output", output).AssertFails(2, "says --output itself");
        Tool.Run("quantize", files.Checkpoint, "--collect", folder).AssertFails(2, "says the checkpoint itself");
        Tool.Run("quantize", "--collect", Name("nowhere")).AssertFails(1, "no such directory");
    }

    [Fact]
    public void Words_are_quoted_for_a_shell() =>
        Assert.Equal("'/a b/tool' 'it'\\''s' '$x \"y\"'", ToolCommand.Quote(["/a b/tool", "it's", "$x \"y\""]));

    private static ToolResult Collect(string folder) => Tool.Run("quantize", "--collect", folder);

    private static JsonElement Manifest(string folder)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "jobs.json")));
        return document.RootElement.Clone();
    }

    private (string Folder, string Output) Export(string recipe, string? folder = null, string? checkpoint = null)
    {
        folder ??= Name("jobs");
        string output = Name("exported.qg.safetensors");
        JsonElement made = Tool.Json([.. Command(recipe, output, checkpoint), "--export-jobs", folder]);
        Assert.Equal(Manifest(folder).GetProperty("jobs").GetInt32(), made.GetProperty("jobs").GetInt32());
        Assert.False(File.Exists(output));
        return (folder, output);
    }

    private byte[] Quantize(string recipe, params string[] options)
    {
        string output = Name("plain.qg.safetensors");
        Assert.Equal(ExitCode.Success, Tool.Run([.. Command(recipe, output), .. options]).Code);
        return File.ReadAllBytes(output);
    }

    private string[] Command(string recipe, string output, string? checkpoint = null)
    {
        string file = Name("recipe.json");
        File.WriteAllText(file, recipe);
        string[] texts = recipe == Curved ? [] : ["--calibration", files.Data];
        return ["quantize", checkpoint ?? files.Checkpoint, "-o", output, "--bits", "3", "--groups", "4", "--recipe", file, .. texts];
    }

    // Whatever has been written before, under a name of its own.
    private string Name(string name)
    {
        string folder = files.File(Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(folder);
        return Path.Combine(folder, name);
    }
}
