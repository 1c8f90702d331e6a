using System.Diagnostics;
using QuantGen.Tests;

namespace QuantGen.IntegrationTests.Packaging;

/// <summary>Runs the SDK as a user at a command line does.</summary>
internal static class DotNet
{
    /// <summary>Gets the root of the repository.</summary>
    public static string Root => SharedFiles.Root;

    /// <summary>Gets the configuration this test was built in.</summary>
    public static string Configuration =>
        AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}Release{Path.DirectorySeparatorChar}") ? "Release" : "Debug";

    /// <summary>Runs a command that must succeed and returns what it wrote.</summary>
    public static string Run(string folder, params string[] arguments)
    {
        (int exitCode, string output) = Try(folder, arguments);
        Assert.True(exitCode == 0, $"dotnet {string.Join(' ', arguments)} ended with {exitCode}:\n{output}");
        return output;
    }

    /// <summary>Runs a command and returns its exit code and what it wrote.</summary>
    public static (int ExitCode, string Output) Try(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        // A test host started by the SDK passes on the SDK's own settings, which are no user's; CI settings would change what a build does.
        foreach (string name in start.Environment.Keys.Where(IsOfTheBuild).ToArray())
        {
            start.Environment.Remove(name);
        }

        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }

    private static bool IsOfTheBuild(string name) =>
        name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase) || name.Equals("ContinuousIntegrationBuild", StringComparison.OrdinalIgnoreCase);
}
