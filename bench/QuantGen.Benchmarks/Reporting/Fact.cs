using System.Globalization;
using BenchmarkDotNet.Reports;

namespace QuantGen.Benchmarks.Reporting;

/// <summary>What the process of a benchmark tells the columns of the report: which kernel ran, how much it computed, what the machine could do.</summary>
/// <remarks>Only that process knows, since jobs switch instruction sets off. Facts are lines of its standard output.</remarks>
internal static class Fact
{
    public const string MultiplyAdds = "multiply-adds";
    public const string Roofline = "roofline";
    public const string InstructionSet = "instruction-set";
    public const string Tokens = "tokens";
    public const string Bytes = "bytes";

    private const string Prefix = "fact:";

    public static void Tell(string name, double value) => Tell(name, value.ToString("R", CultureInfo.InvariantCulture));

    public static void Tell(string name, string value) => Console.WriteLine($"{Prefix}{name}={value}");

    /// <summary>Reads a fact; null where the process did not tell it or has not run.</summary>
    public static string? Text(BenchmarkReport? report, string name)
    {
        string start = $"{Prefix}{name}=";
        return report?.ExecuteResults
            .SelectMany(result => result.StandardOutput)
            .LastOrDefault(line => line.StartsWith(start, StringComparison.Ordinal))?[start.Length..];
    }

    public static double? Number(BenchmarkReport? report, string name) =>
        Text(report, name) is string text ? double.Parse(text, CultureInfo.InvariantCulture) : null;
}
