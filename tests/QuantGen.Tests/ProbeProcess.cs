using System.Diagnostics;

namespace QuantGen.Tests;

/// <summary>Runs a named probe of QuantGen.Probe in a child process with its own environment.</summary>
internal static class ProbeProcess
{
    /// <summary>Runs a probe to its end and returns what it wrote to standard output; a failure fails the test.</summary>
    /// <param name="environment">Variables to set for the child, such as <c>DOTNET_EnableAVX512=0</c>.</param>
    /// <param name="arguments">The probe's name and its arguments.</param>
    public static string Run(IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        string host = Environment.ProcessPath is string path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";
        var start = new ProcessStartInfo(host) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "QuantGen.Probe.dll"));
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"The probe '{string.Join(' ', arguments)}' ended with {process.ExitCode}: {errors.Result}");
        return output;
    }
}
