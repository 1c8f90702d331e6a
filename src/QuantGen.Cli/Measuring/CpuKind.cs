using System.Text.RegularExpressions;

namespace QuantGen.Cli.Measuring;

/// <summary>A kind of processor.</summary>
/// <param name="Name">What it calls itself.</param>
/// <param name="FileName">A name for files. Clouds call processors of all generations alike, so that the family says more than the name.</param>
internal sealed partial record CpuKind(string Name, string FileName)
{
    private const string Details = "/proc/cpuinfo";

    /// <summary>Gets this machine's.</summary>
    public static CpuKind Current { get; } = Of(File.Exists(Details) ? File.ReadAllText(Details) : string.Empty);

    /// <summary>Finds it in what Linux says about a processor.</summary>
    /// <param name="details">The text of <c>/proc/cpuinfo</c>; empty on other systems.</param>
    public static CpuKind Of(string details)
    {
        string Value(string key) => Regex.Match(details, $"^{key}\\s*: (.*)$", RegexOptions.Multiline).Groups[1].Value.Trim();
        string name = Value("model name") is { Length: > 0 } model ? model
            : Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? System.Runtime.InteropServices.RuntimeInformation.OSArchitecture.ToString();
        string? generation = Value("vendor_id") != "AuthenticAMD" ? null : Value("cpu family") switch
        {
            "23" => "zen2",
            "25" => Value("flags").Split(' ').Contains("avx512f") ? "zen4" : "zen3",
            "26" => "zen5",
            _ => null,
        };
        string kind = generation is null ? $"{name.Split('@')[0]} {Value("cpu family")} {Value("model")}" : $"amd-{generation}";
        return new CpuKind(name, Other().Replace(Marks().Replace(kind.ToLowerInvariant(), string.Empty), "-").Trim('-'));
    }

    [GeneratedRegex(@"\((r|tm)\)")]
    private static partial Regex Marks();

    [GeneratedRegex("[^a-z0-9]+")]
    private static partial Regex Other();
}
