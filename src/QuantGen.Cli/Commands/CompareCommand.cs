using System.CommandLine;
using System.Globalization;
using QuantGen.Cli.Conventions;
using QuantGen.Cli.Measuring;
using QuantGen.Cli.Models;
using QuantGen.Cli.Options;
using QuantGen.Cli.Reporting;
using QuantGen.Execution;
using QuantGen.Packed;
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
        : base("compare", "Measure two models on the same data; exit with 1 where the second breaks a limit.", streams)
    {
        _first = WithPath("A", "What is compared with: " + ModelPath.Description);
        _second = WithPath("B", "What is compared: " + ModelPath.Description);
        _data = With(CliOption.Text(
            "--data", "FILE", "Rows with labels, questions or words with tags, as evaluate reads them, or texts for masked language models."));
        _data.Required = true;
        _maxDrop = With(CliOption.OptionalReal(
            "--max-drop", "The most hundredths of the metric that B may have less than A; of perplexity, the most percent that B may have more.", -100, 100));
        _maxBytes = With(CliOption.OptionalReal("--max-bytes", "The most bytes that B's packed file may have.", 1, 1e15));
        _maxLatency = With(CliOption.OptionalReal(
            "--max-latency-ms", FormattableString.Invariant($"The most milliseconds, in the median, for one text of {Length} tokens in B."), 0, 1e9));
        _session.AddTo(this);
    }

    protected override void Execute(OptionValues values, Report report, CancellationToken cancellation)
    {
        string file = values.Get(_data)!;
        Side a = Measure(values, values.Get(_first), file, report, cancellation);
        Side b = Measure(values, values.Get(_second), file, report, cancellation);
        if (a.Score.Score.Metric != b.Score.Score.Metric || a.Score.Outputs?.OutputCount != b.Score.Outputs?.OutputCount)
        {
            throw new InvalidDataException($"A has {Found(a)}, B has {Found(b)}: nothing to compare");
        }

        OutputDistance? distance = a.Score.Outputs is { } first && b.Score.Outputs is { } second ? OutputDistance.Of(first, second) : null;
        Write(report, a, b, distance);
        string[] broken = [.. Broken(values, a, b)];
        if (broken.Length > 0)
        {
            throw new InvalidDataException("B breaks " + string.Join("; ", broken));
        }
    }

    private static string Found(Side side) => side.Score.Outputs is { } outputs
        ? string.Create(CultureInfo.InvariantCulture, $"{outputs.OutputCount} outputs and {outputs.Metric}")
        : side.Score.Score.Metric;

    private Side Measure(OptionValues values, string path, string file, Report report, CancellationToken cancellation)
    {
        PackedModel model = ModelPath.Open(path, cancellation);
        long bytes = model.FileLength;
        using InferenceSession session = _session.Loader(values).Load(model, cancellation);
        var options = new EvaluationOptions
        {
            MaxLength = SessionOptions.Limit(values.Get(_session.MaxLength), session), BatchTokens = values.Get(_session.BatchTokens),
        };
        FileScore score = report.WithProgress(
            "evaluate", progress => FileScore.Of(session, file, options with { Progress = progress }, cancellation));
        Workload workload = Workload.Random(session, Math.Min(Length, session.MaxSequenceLength), batch: 1, seed: 1);
        return new Side(score, bytes, Measurement.Take(workload, Runs, cancellation).MedianMs);
    }

    private IEnumerable<string> Broken(OptionValues values, Side a, Side b)
    {
        double drop = a.Score.DropTo(b.Score);
        if (values.Get(_maxDrop) is double mostDrop && !(drop <= mostDrop))
        {
            string worse = a.Score.Score.HigherIsBetter ? "hundredths lower" : "percent higher";
            yield return string.Create(CultureInfo.InvariantCulture, $"--max-drop {mostDrop}: {b.Score.Score.Metric} is {drop:0.00} {worse}");
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

    private static void Write(Report report, Side a, Side b, OutputDistance? distance)
    {
        if (report.IsJson)
        {
            report.Json(new
            {
                a.Score.Score.Metric, A = a.Row, B = b.Row, Drop = a.Score.Score.Value - b.Score.Score.Value, distance?.Agreement, distance?.MeanKl,
                distance?.MeanDifference,
            });
            return;
        }

        var table = new TextTable(string.Empty, "A", "B");
        foreach ((string name, double value) in a.Score.Score.All)
        {
            table.Add(name, Number(value), Number(b.Score.Score.All.First(metric => metric.Key == name).Value));
        }

        table.Add("bytes", a.Bytes.ToString("N0", CultureInfo.InvariantCulture), b.Bytes.ToString("N0", CultureInfo.InvariantCulture));
        table.Add("latency ms", Number(a.LatencyMs), Number(b.LatencyMs));
        report.Table(table);
        report.Line(distance switch
        {
            null => string.Create(CultureInfo.InvariantCulture, $"{a.Score.Count} questions, sentences or texts"),
            { Agreement: double agreement } => string.Create(
                CultureInfo.InvariantCulture, $"{agreement:0.00%} of {a.Score.Count} rows agree, mean KL {distance.MeanKl:0.00000}"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{a.Score.Count} rows, outputs differ by {distance.MeanDifference:0.00000} in the mean"),
        });
    }

    private static string Number(double value) => value.ToString("0.0000", CultureInfo.InvariantCulture);

    private sealed record Side(FileScore Score, long Bytes, double LatencyMs)
    {
        public object Row => new { Score.Score.Value, BytesTotal = Bytes, LatencyMs };
    }
}
