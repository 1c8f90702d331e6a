using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using QuantGen.Cli.Measuring;
using QuantGen.Peers.Racing;

namespace QuantGen.Peers.Reporting;

/// <summary>Where and when a race took place.</summary>
internal static class MachineFacts
{
    private const string LoadFile = "/proc/loadavg";

    /// <summary>Gets the time, to the minute.</summary>
    public static string Now => DateTime.UtcNow.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>Gets the commit that is checked out, as git describes it.</summary>
    public static string Commit { get; } = Described();

    /// <summary>Describes the machine as it is now.</summary>
    public static IReadOnlyDictionary<string, string> Describe() => new Dictionary<string, string>
    {
        ["date"] = Now,
        ["machine"] = Environment.MachineName,
        ["cpu"] = $"{CpuKind.Current.Name} ({CpuKind.Current.FileName})",
        ["targets"] = "those of " + ProcessorClasses.Describe(ProcessorClasses.Current),
        ["processors"] = Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture),
        ["memory_gib"] = Math.Round(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1 << 30)).ToString(CultureInfo.InvariantCulture),
        ["os"] = $"{RuntimeInformation.OSDescription}, {RuntimeInformation.OSArchitecture}",
        ["dotnet"] = RuntimeInformation.FrameworkDescription,
        ["onnxruntime"] = PeerSession.Version,
        ["commit"] = Commit,
        ["load_at_start"] = File.Exists(LoadFile) ? File.ReadAllText(LoadFile).Split(' ')[0] : "unknown",
    };

    private static string Described()
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo("git", ["describe", "--always", "--dirty"])
            {
                RedirectStandardOutput = true, RedirectStandardError = true,
            })!;
            string output = process.StandardOutput.ReadToEnd().Trim();
            process.WaitForExit();
            return process.ExitCode == 0 ? output : "unknown";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "unknown";
        }
    }
}
