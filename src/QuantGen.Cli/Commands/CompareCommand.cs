using System.CommandLine;
using System.Globalization;
using QuantGen.Cli.Conventions;
using QuantGen.Cli.Measuring;
using QuantGen.Cli.Models;
using QuantGen.Cli.Options;
using QuantGen.Cli.Reporting;
using QuantGen.Execution;
using QuantGen.Packed;
using QuantGen.Training.Data;
using QuantGen.Training.Evaluation;

namespace QuantGen.Cli.Commands;

/// <summary>Measures two models on the same rows, and fails where the second breaks a limit.</summary>
internal sealed class CompareCommand : CliCommand
{
    private const int Runs = 50;
    private const int Length = 128;

    private readonly Argument<string> _first;
    private readonly Argument<string> _second;
    private readonly Option<string?> _data;
    private readonly Option<double?> _maxDrop;
    private readonly Option<double?> _maxBytes;
    private readonly Option<double?> _maxLatency;
    private readonly SessionOptions _session = new();

    public CompareCommand(CliStreams streams)
        : base("compare", "Measure two models on the same rows; exit with 1 where the second breaks a limit.", streams)
    {
        _first = WithPath("A", "What is compared with: " + ModelPath.Description);
        _second = WithPath("B", "What is compared: " + ModelPath.Description);
        _data = With(CliOption.Text("--data", "TSV", "Rows with labels, as evaluate reads them."));
        _data.Required = true;
        _maxDrop = With(CliOption.OptionalReal("--max-drop", "The most hundredths of the metric that B may have less than A.", -100, 100));
        _maxBytes = With(CliOption.OptionalReal("--max-bytes", "The most bytes that B's packed file may have.", 1, 1e15));
        _maxLatency = With(CliOption.OptionalReal(
            "--max-latency-ms", FormattableString.Invariant($"The most milliseconds, in the median, for one text of {Length} tokens in B."), 0, 1e9));
        _session.AddTo(this);
    }

    protected override void Execute(OptionValues values, Report report, CancellationToken cancellation)
    {
        string file = values.Get(_data)!;
        TsvDataset data = TsvDataset.Load(file);
        Side a = Measure(values, values.Get(_first), (data, file), report, cancellation);
        Side b = Measure(values, values.Get(_second), (data, file), report, cancellation);
        if (a.Result.Metric != b.Result.Metric || a.Result.OutputCount != b.Result.OutputCount)
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"A has {a.Result.OutputCount} outputs and {a.Result.Metric}, B has {b.Result.OutputCount} and {b.Result.Metric}: nothing to compare"));
        }

        OutputDistance distance = OutputDistance.Of(a.Result, b.Result);
        Write(report, a, b, distance);
        string[] broken = [.. Broken(values, a, b)];
        if (broken.Length > 0)
        {
            throw new InvalidDataException("B breaks " + string.Join("; ", broken));
        }
    }

    private Side Measure(OptionValues values, string path, (TsvDataset Rows, string File) data, Report report, CancellationToken cancellation)
    {
        PackedModel model = ModelPath.Open(path, cancellation);
        long bytes = model.FileLength;
        using InferenceSession session = _session.Loader(values).Load(model, cancellation);
        var options = new EvaluationOptions
        {
            MaxLength = SessionOptions.Limit(values.Get(_session.MaxLength), session), BatchTokens = values.Get(_session.BatchTokens),
        };
        EvaluationResult result = report.WithProgress(
            "evaluate", progress => Evaluator.Evaluate(session, data.Rows, data.File, options with { Progress = progress }, cancellation));
        Workload workload = Workload.Random(session, Math.Min(Length, session.MaxSequenceLength), batch: 1, seed: 1);
        return new Side(result, bytes, Measurement.Take(workload, Runs, cancellation).MedianMs);
    }

    private IEnumerable<string> Broken(OptionValues values, Side a, Side b)
    {
        double drop = 100 * (a.Result.Value - b.Result.Value);
        if (values.Get(_maxDrop) is double mostDrop && !(drop <= mostDrop))
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"--max-drop {mostDrop}: {b.Result.Metric} is {drop:0.00} hundredths lower");
        }

        if (values.Get(_maxBytes) is double mostBytes && b.Bytes > mostBytes)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"--max-bytes {mostBytes}: it has {b.Bytes}");
        }

        if (values.Get(_maxLatency) is double mostLatency && b.LatencyMs > mostLatency)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"--max-latency-ms {mostLatency}: it takes {b.LatencyMs:0.000}");
        }
    }

    private static void Write(Report report, Side a, Side b, OutputDistance distance)
    {
        if (report.IsJson)
        {
            report.Json(new
            {
                a.Result.Metric, A = a.Row, B = b.Row, Drop = a.Result.Value - b.Result.Value, distance.Agreement, distance.MeanKl, distance.MeanDifference,
            });
            return;
        }

        var table = new TextTable(string.Empty, "A", "B");
        foreach ((string name, double value) in a.Result.Metrics)
        {
            table.Add(name, Number(value), Number(b.Result.Metrics.First(metric => metric.Key == name).Value));
        }

        table.Add("bytes", a.Bytes.ToString("N0", CultureInfo.InvariantCulture), b.Bytes.ToString("N0", CultureInfo.InvariantCulture));
        table.Add("latency ms", Number(a.LatencyMs), Number(b.LatencyMs));
        report.Table(table);
        string outputs = distance.Agreement is double agreement
            ? string.Create(CultureInfo.InvariantCulture, $"{agreement:0.00%} of {a.Result.RowCount} rows agree, mean KL {distance.MeanKl:0.00000}")
            : string.Create(CultureInfo.InvariantCulture, $"{a.Result.RowCount} rows, outputs differ by {distance.MeanDifference:0.00000} in the mean");
        report.Line(outputs);
    }

    private static string Number(double value) => value.ToString("0.0000", CultureInfo.InvariantCulture);

    private sealed record Side(EvaluationResult Result, long Bytes, double LatencyMs)
    {
        public object Row => new { Result.Value, BytesTotal = Bytes, LatencyMs };
    }
}
