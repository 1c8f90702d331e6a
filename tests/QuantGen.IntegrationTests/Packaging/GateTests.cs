using System.Diagnostics;
using System.Runtime.InteropServices;
using QuantGen.Tests.Checkpoints;

namespace QuantGen.IntegrationTests.Packaging;

/// <summary>What <c>.ci/run</c> counts and sets, with a program in place of dotnet that prints what the test runner would.</summary>
public sealed class GateTests : IDisposable
{
    private const string Summary = "Passed!  - Failed:     1, Passed:    12, Skipped:     3, Total:    16, Duration: 1 s - A.dll (net10.0)\\n"
        + "Skipped! - Failed:     0, Passed:     0, Skipped:     4, Total:     4, Duration: 1 s - B.dll (net10.0)\\n";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [LinuxFact]
    public void Gate_adds_up_skipped_tests_and_compares_snapshots_instead_of_writing_them()
    {
        // The tests run once, two commands of the benchmarks, the race and the README's two fail, and so do the missing folder of shared data and, where they
        // are tried, the native programs and the page.
        string[] lines = Run($"printf '{Summary}'");
        int failed = RuntimeInformation.OSArchitecture == Architecture.X64 ? 10 : 7;
        Assert.Equal($"12 passed, {failed} failed, 7 skipped", lines[^1]);
        Assert.Equal(["true"], File.ReadLines(Path.Combine(_folder.Path, "continuous")).Distinct());
    }

    [LinuxFact]
    public void Gate_that_cannot_build_ends_in_the_same_form() => Assert.Equal("0 passed, 1 failed", Run("exit 1")[^1]);

    private string[] Run(string dotnet)
    {
        string gate = Directory.CreateDirectory(Path.Combine(_folder.Path, "repository", ".ci")).FullName;
        string programs = Directory.CreateDirectory(Path.Combine(_folder.Path, "programs")).FullName;
        File.Copy(Path.Combine(DotNet.Root, ".ci", "run"), Path.Combine(gate, "run"));
        Add(programs, "dotnet", $"echo \"$ContinuousIntegrationBuild\" >> '{_folder.Path}/continuous'\n{dotnet}");

        // Whatever this machine has, nothing is installed, and there is what ARM64 takes.
        foreach (string program in (string[])["apt-get", "clang", "aarch64-linux-gnu-gcc", "qemu-aarch64-static"])
        {
            Add(programs, program, "exit 1");
        }

        var start = new ProcessStartInfo("bash", [Path.Combine(gate, "run")]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] = programs + ":" + start.Environment["PATH"];
        start.Environment.Remove("ContinuousIntegrationBuild");
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(1, process.ExitCode);
        Assert.Equal(string.Empty, errors.Result);
        return output.TrimEnd('\n').Split('\n');
    }

    private static void Add(string folder, string name, string script)
    {
        string program = Path.Combine(folder, name);
        File.WriteAllText(program, $"#!/bin/sh\n{script}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }
    }

    private sealed class LinuxFactAttribute : FactAttribute
    {
        public LinuxFactAttribute() => Skip = OperatingSystem.IsLinux() ? null : "The gate is a script for bash.";
    }
}
