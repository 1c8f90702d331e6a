using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using QuantGen.Cli.Conventions;
using QuantGen.Cli.Measuring;
using QuantGen.Cli.Models;
using QuantGen.Cli.Options;
using QuantGen.Cli.Reporting;
using QuantGen.Execution;
using QuantGen.Graph;
using QuantGen.Packed;
using QuantGen.Specs;

namespace QuantGen.Cli.Commands;

/// <summary>Measures the latency of a model's generated code.</summary>
internal sealed class BenchCommand : CliCommand
{
    private readonly Argument<string?> _path;
    private readonly Option<string?> _config;
    private readonly QuantizationOptions _quantization = new();
    private readonly Option<int?> _ensemble;
    private readonly Option<int?> _sharedLayers;
    private readonly Option<int> _sequenceLength;
    private readonly Option<int> _batch;
    private readonly Option<int> _runs;
    private readonly Option<int> _seed;
    private readonly Option<string?> _tokenIds;
    private readonly Option<bool> _interactive;
    private readonly Option<bool> _explain;
    private readonly SessionOptions _session = new();

    public BenchCommand(CliStreams streams)
        : base("bench", "Measure latency, throughput, allocations and load time of the generated code.", streams)
    {
        _path = new Argument<string?>("FILE-OR-DIR") { Description = ModelPath.Description, Arity = ArgumentArity.ZeroOrOne };
        Add(_path);
        _config = With(
            CliOption.Text("--config", "config.json", "Measure a model of these dimensions with random weights, quantized as the options below say."));
        _quantization.AddTo(this);
        Add(_quantization.Attention);
        _ensemble = With(CliOption.OptionalNumber(
            "--ensemble", "So many models of the configuration in one file, which answer together.", least: 2, most: EnsembleJson.MaxMembers));
        _sharedLayers = With(EnsembleOptions.SharedLayers());
        _sequenceLength = With(CliOption.Number("--sequence-length", "Tokens of each sequence.", 128, least: 1, most: 1 << 15));
        _batch = With(CliOption.Number("--batch", "Sequences of a call.", 1, least: 1, most: 1 << 16));
        _runs = With(CliOption.Number("--runs", "Calls to measure, after a warm-up.", 30, least: 1, most: 1_000_000));
        _seed = With(CliOption.Number("--seed", "Which token ids and random weights are drawn.", 42, least: 0));
        _tokenIds = With(
            CliOption.Text("--token-ids", "FILE", "Measure all texts of a file that 'tokenize --json' wrote, --batch texts a call, instead of random ids."));
        _interactive = With(new Option<bool>("--interactive")
        {
            Description = "After the warm-up print 'ready'; then for each line of standard input measure once and print the milliseconds, " +
                "so that programs can take turns.",
        });
        _explain = With(new Option<bool>("--explain")
        {
            Description = "Add where the time goes: per class of operators milliseconds, share, GMAC/s and how much that is of what " +
                "the kernels' own multiply instructions reach alone, measured in the same run. On one thread unless --threads says otherwise; " +
                "then waiting for each other is a class too.",
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
        (InferenceSession loaded, double loadMs) = Load(model, loader, cancellation);
        using InferenceSession session = loaded;
        Workload workload = MakeWorkload(values, session);
        if (values.Get(_interactive))
        {
            TakeTurns(workload, report, cancellation);
            return;
        }

        int runs = values.Get(_runs);
        Measurement measured = Measurement.Take(workload, runs, cancellation);
        Explanation? explanation = values.Get(_explain) ? Explanation.Take(workload, loader.Options.Threads, runs, cancellation) : null;
        new BenchResult(session, workload, measured, loadMs, values.Get(_batch), loader.Options.Threads, runs, explanation).Write(report);
    }

    private Workload MakeWorkload(OptionValues values, InferenceSession session)
    {
        if (values.Get(_tokenIds) is string file)
        {
            return Workload.Read(session, file, values.Get(_batch));
        }

        int length = Math.Min(values.Get(_sequenceLength), SessionOptions.Limit(values.Get(_session.MaxLength), session) ?? int.MaxValue);
        return length <= session.MaxSequenceLength
            ? Workload.Random(session, length, values.Get(_batch), values.Get(_seed))
            : throw new UsageException(
                FormattableString.Invariant($"--sequence-length is {length}, and this model takes at most {session.MaxSequenceLength} tokens"));
    }

    // Whoever writes the lines decides when this process works: nothing is computed between two of them.
    private void TakeTurns(Workload workload, Report report, CancellationToken cancellation)
    {
        workload.WarmUp(cancellation);
        report.Line("ready");
        while (Streams.Input.ReadLine() is not null)
        {
            report.Line(workload.RunOnce(cancellation).ToString("0.0000", CultureInfo.InvariantCulture));
        }
    }

    private void RequireLegal(OptionValues values)
    {
        bool hasPath = values.Get(_path) is not null;
        if (hasPath == values.Has(_config))
        {
            throw new UsageException(hasPath ? "give a model or --config, not both" : "there is nothing to measure; give a model or --config");
        }

        if (values.Has(_tokenIds) && FirstIgnoredWithTokens(values, hasPath) is Option ignored)
        {
            throw new UsageException($"{ignored.Name} says nothing about the tokens of a file; give it or --token-ids, not both");
        }

        if (values.Get(_interactive) && (values.Has(_runs) || values.Get(Json)))
        {
            throw new UsageException(
                $"{(values.Has(_runs) ? _runs.Name : Json.Name)} and --interactive exclude each other: every line asks for a run and gets its time");
        }

        if (hasPath && (_quantization.FirstGiven(values) ?? new Option[] { _ensemble, _sharedLayers }.FirstOrDefault(values.Has)?.Name) is string option)
        {
            throw new UsageException($"{option} needs --config; a model is measured as it is");
        }
    }

    private Option? FirstIgnoredWithTokens(OptionValues values, bool hasPath)
    {
        // Without a path the seed still draws weights.
        Option[] ignored = hasPath ? [_sequenceLength, _session.MaxLength, _seed] : [_sequenceLength, _session.MaxLength];
        return ignored.FirstOrDefault(values.Has);
    }

    private PackedModel Random(OptionValues values)
    {
        ModelConfig config = ConfigFile.Read(values.Get(_config)!);
        (ModelSpec spec, _) = _quantization.Model(values, config);
        IReadOnlyList<string> labels = spec.Head is BertHead.SequenceClassification or BertHead.TokenClassification ? [.. config.Labels] : [];
        int shared = EnsembleOptions.SharedLayers(values, _sharedLayers, _ensemble, spec);
        return RandomModel.Create(spec, labels, values.Get(_seed), values.Get(_ensemble) ?? 1, shared);
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
                loader.RequireMembers(model);
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
