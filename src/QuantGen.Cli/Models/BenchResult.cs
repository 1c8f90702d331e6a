using System.Diagnostics;
using System.Globalization;
using QuantGen.Cli.Reporting;
using QuantGen.Execution;

namespace QuantGen.Cli.Models;

/// <summary>What <c>bench</c> found, and how it was asked.</summary>
internal sealed record BenchResult(InferenceSession Session, Workload Workload, Measurement Measured, double LoadMs, int Batch, int Threads, int Runs)
{
    private double Seconds => Measured.MedianMs / 1000;

    private double TokensPerSecond => Workload.Tokens / Seconds;

    private double GmacsPerSecond => ModelSize.LinearMacs(Session.Spec, Workload.Tokens, Workload.Sequences) / Seconds / 1e9;

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

    private void WriteJson(Report report, long peakBytes) => report.Json(new
    {
        MedianMs = Math.Round(Measured.MedianMs, 4),
        P95Ms = Math.Round(Measured.P95Ms, 4),
        TokensPerSecond = Math.Round(TokensPerSecond, 1),
        GmacsPerSecond = Math.Round(GmacsPerSecond, 2),
        Measured.AllocatedBytesPerCall,
        PeakWorkingSetBytes = peakBytes,
        LoadMs = Math.Round(LoadMs, 3),
        Isa = Session.InstructionSet,
        Workload.SequenceLength,
        Batch,
        Workload.Sequences,
        Workload.Tokens,
        Threads,
        Runs,
    });

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
    }
}
