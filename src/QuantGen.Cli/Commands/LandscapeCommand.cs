using System.CommandLine;
using System.Globalization;
using System.Text;
using QuantGen.Cli.Compilation;
using QuantGen.Cli.Conventions;
using QuantGen.Cli.Models;
using QuantGen.Cli.Options;
using QuantGen.Cli.Reporting;
using QuantGen.Files;
using QuantGen.Specs;
using QuantGen.Training.Data;
using QuantGen.Training.PostTraining;
using QuantGen.Training.PostTraining.Landscapes;
using QuantGen.Training.Reporting;

namespace QuantGen.Cli.Commands;

/// <summary>Shows the loss around a checkpoint's weights, in full precision and rounded.</summary>
internal sealed class LandscapeCommand : CliCommand
{
    private static readonly LandscapeOptions s_defaults = new();

    private readonly Argument<string> _directory = new("DIR") { Description = "A checkpoint directory in Hugging Face layout." };
    private readonly Option<string?> _data;
    private readonly Option<string?> _output;
    private readonly Option<int[]> _bits;
    private readonly Option<int> _points;
    private readonly Option<int> _samples;
    private readonly Option<int> _iterations;
    private readonly Option<int?> _threads;
    private readonly Option<int?> _maxLength;

    public LandscapeCommand(CliStreams streams)
        : base("landscape", "Show the loss around a checkpoint's weights, in full precision, ternary and binary.", streams)
    {
        Add(_directory);
        _data = With(CliOption.Text("--data", "TSV", "Texts whose loss is looked at; a classifier's with their labels, if they have some."));
        _data.Required = true;
        _output = With(CliOption.Text("--output", "FILE.svg", "The picture to write.", "-o"));
        _output.Required = true;
        _bits = With(new Option<int[]>("--bits")
        {
            Description = "Which models, by the bits of their linear layers: 32 for full precision, 2 ternary, 1 binary. [default: 32 2 1]",
            AllowMultipleArgumentsPerToken = true,
            HelpName = "N",
        });
        _bits.AcceptOnlyFromAmong([.. LegalModels.Select(bits => bits.ToString(CultureInfo.InvariantCulture))]);
        _points = With(CliOption.Number("--points", "Points along each axis, an odd number.", s_defaults.Points, least: 3, most: 101));
        _samples = With(CliOption.Number("--samples", "The most texts.", s_defaults.Texts, least: 1));
        _iterations = With(CliOption.Number(
            "--iterations", "The most iterations of the search for each top eigenvalue; 0 for no eigenvalues.", s_defaults.Iterations, least: 0, most: 10_000));
        _maxLength = With(CliOption.OptionalNumber("--max-length", "Truncate texts to this many tokens.", least: 3));
        _threads = With(CliOption.OptionalNumber(
            "--threads", "The most threads. Results do not depend on it. [default: all processors]", least: 1, most: 1024));
    }

    private static IEnumerable<int> LegalModels => [1, 2, 3, 4, 5, 6, 7, 8, Defaults.FullPrecisionBits];

    protected override void Execute(OptionValues values, Report report, CancellationToken cancellation)
    {
        string output = values.Get(_output)!;
        string data = values.Get(_data)!;
        CheckpointFiles.RequireOther("--output", output, (_data.Name, data));
        AtomicFile.RequireWritable(output);
        LandscapeOptions options = Chosen(values);
        using CheckpointModel model = CheckpointModel.Open(values.Get(_directory)!);
        ModelSpec spec = ModelSpecs.FullPrecision(model.Config, head: null);
        if (LossLandscape.Refusal(spec) is string refusal)
        {
            throw new UsageException(refusal);
        }

        LossSurface[] surfaces = Measure(values, model, spec, options, report, cancellation);
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(values.Get(_directory)!)));
        string picture = new SurfaceChart($"{name}: loss on {Path.GetFileName(data)} around the value projections").Draw(surfaces);
        AtomicFile.Write(output, stream => stream.Write(Encoding.UTF8.GetBytes(picture)));
        Write(report, surfaces, output);
    }

    private LandscapeOptions Chosen(OptionValues values)
    {
        int points = values.Get(_points);
        return points % 2 == 0 ? throw new UsageException("--points takes an odd number: one point is where nothing is shifted") : new LandscapeOptions
        {
            Bits = values.Get(_bits) is { Length: > 0 } chosen ? [.. chosen.Distinct()] : s_defaults.Bits,
            Points = points,
            Texts = values.Get(_samples),
            Iterations = values.Get(_iterations),
        };
    }

    private LossSurface[] Measure(
        OptionValues values, CheckpointModel model, ModelSpec spec, LandscapeOptions options, Report report, CancellationToken cancellation)
    {
        int threads = values.Get(_threads) ?? Environment.ProcessorCount;
        string data = values.Get(_data)!;
        var texts = new CalibrationTexts
        {
            Data = TsvDataset.Load(data),
            File = data,
            Loader = new SessionLoader(CompilationTarget.DefaultBatchTokens, threads, UsesCache: true),
            Options = new CalibrationOptions
            {
                Samples = options.Texts, MaxLength = SessionOptions.Limit(values.Get(_maxLength), spec.Dimensions.MaxPositions),
            },
        };
        PostTrainingOptions own = model.OptionsFor(spec, model.OpenSentence(spec.Head)) with { Threads = threads };
        using var landscape = new LossLandscape(model.Checkpoint, spec, own, texts, options, cancellation);
        return
        [
            .. options.Bits.Select(bits => report.WithProgress(
                FormattableString.Invariant($"{bits} bits"), progress => landscape.Measure(bits, progress, cancellation))),
        ];
    }

    private static void Write(Report report, LossSurface[] surfaces, string output)
    {
        if (report.IsJson)
        {
            report.Json(new
            {
                Output = output,
                Surfaces = surfaces.Select(surface => new
                {
                    surface.Name, surface.Bits, surface.Loss, Curvatures = new[] { surface.Curvature(surface.First), surface.Curvature(surface.Second) },
                    surface.Eigenvalues, surface.Shares, surface.Losses,
                }),
            });
            return;
        }

        var table = new TextTable(["", .. surfaces.Select(surface => surface.Name)]);
        void Add(string name, Func<LossSurface, double> value) =>
            table.Add([name, .. surfaces.Select(surface => value(surface).ToString("G4", CultureInfo.InvariantCulture))]);
        Add("loss", surface => surface.Loss);
        Add("curvature, shift of layer 0", surface => surface.Curvature(surface.First));
        Add("curvature, shift of layer 1", surface => surface.Curvature(surface.Second));
        foreach (string part in surfaces[0].Eigenvalues.Keys)
        {
            Add("top eigenvalue, " + part, surface => surface.Eigenvalues[part]);
        }

        report.Table(table);
        report.Line($"surfaces and contours are in {output}");
    }
}
