using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using QuantGen.Cli.Models;
using QuantGen.Cli.Options;
using QuantGen.Cli.Reporting;
using QuantGen.Execution;
using QuantGen.Packed;
using QuantGen.Specs;

namespace QuantGen.Cli.Commands;

/// <summary>Measures the latency of a model's generated code.</summary>
internal sealed class BenchCommand : CliCommand
{
    private readonly Argument<string?> _path;
    private readonly Option<string?> _config;
    private readonly QuantizationOptions _quantization = new();
    private readonly Option<int> _sequenceLength;
    private readonly Option<int> _batch;
    private readonly Option<int> _runs;
    private readonly Option<int> _seed;
    private readonly Option<bool> _explain;
    private readonly SessionOptions _session = new();

    public BenchCommand(CliStreams streams)
        : base("bench", "Measure latency, throughput, allocations and load time of the generated code.", streams)
    {
        _path = new Argument<string?>("FILE-OR-DIR") { Description = ModelPath.Description, Arity = ArgumentArity.ZeroOrOne };
        Add(_path);
        _config = With(CliOption.Text("--config", "config.json", "Measure a model of these dimensions with random weights, quantized as the options below say."));
        _quantization.AddTo(this);
        _sequenceLength = With(CliOption.Number("--sequence-length", "Tokens of each sequence.", 128, least: 1, most: 1 << 15));
        _batch = With(CliOption.Number("--batch", "Sequences of a call.", 1, least: 1, most: 1 << 16));
        _runs = With(CliOption.Number("--runs", "Calls to measure, after a warm-up.", 30, least: 1, most: 1_000_000));
        _seed = With(CliOption.Number("--seed", "Which token ids and random weights are drawn.", 42, least: 0));
        _explain = With(new Option<bool>("--explain")
        {
            Description = "Add where the time goes: per class of operators milliseconds, share, GMAC/s and how much that is of what the kernels' own multiply "
                + "instructions reach alone, measured in the same run. On one thread unless --threads says otherwise; then waiting for each other is a class too.",
        });
        _session.AddTo(this);
    }

    protected override void Execute(OptionValues values, Report report, CancellationToken cancellation)
    {
        RequireLegal(values);
        SessionLoader loader = _session.Loader(values);
        if (values.Get(_explain))
        {
            loader = loader with { Threads = loader.Threads ?? 1 };
        }

        PackedModel model = values.Get(_path) is string path ? ModelPath.Open(path, cancellation) : Random(values);
        ModelSpec spec = model.Spec;
        (InferenceSession loaded, double loadMs) = Load(model, loader, cancellation);
        using InferenceSession session = loaded;
        int length = Math.Min(values.Get(_sequenceLength), SessionOptions.Limit(values.Get(_session.MaxLength), session) ?? int.MaxValue);
        if (length > session.MaxSequenceLength)
        {
            throw new UsageException(FormattableString.Invariant($"--sequence-length is {length}, and this model takes at most {session.MaxSequenceLength} tokens"));
        }

        int batch = values.Get(_batch);
        int runs = values.Get(_runs);
        var call = new PreparedCall(session, length, batch, values.Get(_seed));
        Measurement measured = Measurement.Take(call, runs, cancellation);
        Explanation? explanation = values.Get(_explain) ? Explanation.Take(call, loader.Options.Threads, runs, cancellation) : null;
        double seconds = measured.MedianMs / 1000;
        double tokensPerSecond = (double)length * batch / seconds;
        double gmacsPerSecond = ModelSize.LinearMacs(spec, length, batch) / seconds / 1e9;
        using var process = Process.GetCurrentProcess();
        if (report.IsJson)
        {
            var members = new Dictionary<string, object?>
            {
                ["median_ms"] = Math.Round(measured.MedianMs, 4),
                ["p95_ms"] = Math.Round(measured.P95Ms, 4),
                ["tokens_per_second"] = Math.Round(tokensPerSecond, 1),
                ["gmacs_per_second"] = Math.Round(gmacsPerSecond, 2),
                ["allocated_bytes_per_call"] = measured.AllocatedBytesPerCall,
                ["peak_working_set_bytes"] = process.PeakWorkingSet64,
                ["load_ms"] = Math.Round(loadMs, 3),
                ["isa"] = session.InstructionSet,
                ["sequence_length"] = length,
                ["batch"] = batch,
                ["threads"] = loader.Options.Threads,
                ["runs"] = runs,
            };
            if (explanation is not null)
            {
                members.Add("explain", ExplanationReport.Json(explanation));
            }

            report.Json(members);
            return;
        }

        var table = new TextTable("measure", "value", "unit");
        void Add(string name, double value, string format, string unit) => table.Add(name, value.ToString(format, CultureInfo.InvariantCulture), unit);
        Add("median", measured.MedianMs, "0.000", "ms");
        Add("95th percentile", measured.P95Ms, "0.000", "ms");
        Add("throughput", tokensPerSecond, "N0", "tokens/s");
        Add("linear layers", gmacsPerSecond, "0.0", "GMAC/s");
        Add("allocated", measured.AllocatedBytesPerCall, "N0", "bytes/call");
        Add("peak working set", process.PeakWorkingSet64 / (double)(1 << 20), "0.0", "MiB");
        Add("load", loadMs, "0.0", "ms");
        report.Table(table);
        report.Line(string.Create(CultureInfo.InvariantCulture, $"{length} tokens x {batch}, {loader.Options.Threads} threads, {session.InstructionSet}"));
        if (explanation is not null)
        {
            ExplanationReport.Write(report, explanation);
        }
    }

    private void RequireLegal(OptionValues values)
    {
        bool hasPath = values.Get(_path) is not null;
        if (hasPath == values.Has(_config))
        {
            throw new UsageException(hasPath ? "give a model or --config, not both" : "there is nothing to measure; give a model or --config");
        }

        if (hasPath && _quantization.FirstGiven(values) is string option)
        {
            throw new UsageException($"{option} needs --config; a model is measured as it is");
        }
    }

    private PackedModel Random(OptionValues values)
    {
        ModelConfig config = ConfigFile.Read(values.Get(_config)!);
        ModelSpec spec = _quantization.Spec(values, config);
        IReadOnlyList<string> labels = spec.Head is BertHead.SequenceClassification or BertHead.TokenClassification ? [.. config.Labels] : [];
        return RandomModel.Create(spec, labels, values.Get(_seed));
    }

    // Loading is measured from a file the system has just read or written, the second time, when nothing is left to compile.
    private static (InferenceSession Session, double LoadMs) Load(PackedModel model, SessionLoader loader, CancellationToken cancellation)
    {
        string file = Path.Combine(Path.GetTempPath(), $"quantgen-bench-{Guid.NewGuid():N}.safetensors");
        try
        {
            IEncoderProgram program;
            using (model)
            {
                program = loader.Compile(model.Spec, cancellation);
                model.Save(file);
            }

            InferenceSession.Load(file, program, loader.Options).Dispose();
            var watch = Stopwatch.StartNew();
            InferenceSession session = InferenceSession.Load(file, program, loader.Options);
            return (session, watch.Elapsed.TotalMilliseconds);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
