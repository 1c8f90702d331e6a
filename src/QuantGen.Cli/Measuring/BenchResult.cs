using System.Diagnostics;
using System.Globalization;
using QuantGen.Cli.Inspecting;
using QuantGen.Cli.Reporting;
using QuantGen.Execution;

namespace QuantGen.Cli.Measuring;

/// <summary>What <c>bench</c> found, and how it was asked.</summary>
internal sealed record BenchResult(
    InferenceSession Session, Workload Workload, Measurement Measured, double LoadMs, int Batch, int Threads, int Runs, Explanation? Explanation)
{
    private double Seconds => Measured.MedianMs / 1000;

    private double TokensPerSecond => Workload.Tokens / Seconds;

    private double GmacsPerSecond => (Macs(firstLayer: 0) + (Math.Max(0, Session.Votes.Count - 1) * Macs(Session.SharedLayers))) / Seconds / 1e9;

    private double Macs(int firstLayer) => ModelSize.LinearMacs(Session.Spec, Workload.Tokens, Workload.Sequences, firstLayer);

    public void Write(Report report)
    {
        using var process = Process.GetCurrentProcess();
        if (report.IsJson)
        {
            WriteJson(report, process.PeakWorkingSet64);
        }
        else
        {
            WriteTable(report, process.PeakWorkingSet64);
        }
    }

    private void WriteJson(Report report, long peakBytes)
    {
        var members = new Dictionary<string, object?>
        {
            ["median_ms"] = Math.Round(Measured.MedianMs, 4),
            ["p95_ms"] = Math.Round(Measured.P95Ms, 4),
            ["tokens_per_second"] = Math.Round(TokensPerSecond, 1),
            ["gmacs_per_second"] = Math.Round(GmacsPerSecond, 6),
            ["allocated_bytes_per_call"] = Measured.AllocatedBytesPerCall,
            ["peak_working_set_bytes"] = peakBytes,
            ["load_ms"] = Math.Round(LoadMs, 3),
            ["isa"] = Session.InstructionSet,
            ["sequence_length"] = Workload.SequenceLength,
            ["batch"] = Batch,
            ["sequences"] = Workload.Sequences,
            ["tokens"] = Workload.Tokens,
            ["threads"] = Threads,
            ["runs"] = Runs,
        };
        if (Explanation is not null)
        {
            members.Add("explain", ExplanationReport.Json(Explanation));
        }

        report.Json(members);
    }

    private void WriteTable(Report report, long peakBytes)
    {
        var table = new TextTable("measure", "value", "unit");
        void Add(string name, double value, string format, string unit) => table.Add(name, value.ToString(format, CultureInfo.InvariantCulture), unit);
        Add("median", Measured.MedianMs, "0.000", "ms");
        Add("95th percentile", Measured.P95Ms, "0.000", "ms");
        Add("throughput", TokensPerSecond, "N0", "tokens/s");
        Add("linear layers", GmacsPerSecond, "0.0", "GMAC/s");
        Add("allocated", Measured.AllocatedBytesPerCall, "N0", "bytes/call");
        Add("peak working set", peakBytes / (double)(1 << 20), "0.0", "MiB");
        Add("load", LoadMs, "0.0", "ms");
        report.Table(table);
        string shape = Workload.SequenceLength is int length
            ? FormattableString.Invariant($"{length} tokens x {Workload.Sequences}")
            : FormattableString.Invariant($"{Workload.Tokens} tokens of {Workload.Sequences} texts in {Workload.Calls} calls");
        report.Line(FormattableString.Invariant($"{shape}, {Threads} threads, {Session.InstructionSet}"));
        if (Explanation is not null)
        {
            ExplanationReport.Write(report, Explanation);
        }
    }
}
