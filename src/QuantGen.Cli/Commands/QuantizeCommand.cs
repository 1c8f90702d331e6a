using System.CommandLine;
using System.Globalization;
using QuantGen.Cli.Compilation;
using QuantGen.Cli.Conventions;
using QuantGen.Cli.Inspecting;
using QuantGen.Cli.Measuring;
using QuantGen.Cli.Models;
using QuantGen.Cli.Options;
using QuantGen.Cli.Reporting;
using QuantGen.Execution;
using QuantGen.Files;
using QuantGen.Graph;
using QuantGen.Packed;
using QuantGen.Schemes;
using QuantGen.Sentences;
using QuantGen.Specs;
using QuantGen.Training.Data;
using QuantGen.Training.PostTraining;
using QuantGen.Training.PostTraining.Steps;
using QuantGen.Training.Reporting;

namespace QuantGen.Cli.Commands;

/// <summary>Makes a packed file of a checkpoint, without training.</summary>
internal sealed class QuantizeCommand : CliCommand
{
    private const int LatencyTokens = 128;
    private const int LatencyRuns = 30;
    private const string TextsAreMissing = "this recipe needs --calibration: its steps run texts through the model";

    private readonly Argument<string> _directory;
    private readonly Option<string?> _output;
    private readonly Option<string?> _calibration;
    private readonly Option<ActivationRange?> _range;
    private readonly Option<int> _samples;
    private readonly Option<int> _seed;
    private readonly Option<int> _clusterIterations;
    private readonly Option<int?> _maxLength;
    private readonly Option<bool> _noCache;
    private readonly Option<bool> _resume = new("--resume")
    {
        Description = "Continue an interrupted quantization of the same output, or start where there is none.",
    };

    private readonly Option<string?> _page = CliOption.Text(
        "--report", "FILE.html", "Write a page, and Markdown beside it, with what each step did, sizes and speed.");

    private readonly EmbeddingOptions _embedding = new();
    private readonly RecipeOptions _recipe = new();
    private readonly Option<int?> _threads = CliOption.OptionalNumber(
        "--threads", "The most threads. Results do not depend on it. [default: all processors]", least: 1, most: 1024);
    private readonly QuantizationOptions _quantization = new QuantizationOptions().RequireBits();

    public QuantizeCommand(CliStreams streams)
        : base("quantize", "Quantize a checkpoint after training and write a packed file.", streams)
    {
        var defaults = new CalibrationOptions();
        _directory = WithPath("DIR", "A checkpoint directory in Hugging Face layout.");
        _output = With(CliOption.Text("--output", "FILE", "The packed file to write.", "-o"));
        _output.Required = true;
        _quantization.AddTo(this);
        _embedding.AddTo(this);
        _recipe.AddTo(this);
        Add(_threads);
        _calibration = With(
            CliOption.Text(
                "--calibration", "TSV",
                "Texts for the recipe's steps, and from which static activation ranges are found; without it every token has its own range when it is " +
                    "quantized."));
        _range = With(
            CliOption.Choice<ActivationRange>(
                "--activation-range",
                "Whether every token has its own range when it is quantized, or ranges are calibrated. " +
                    "[default: static with --calibration, unless only other steps of the recipe need it, and for activations of one bit; else per-token]",
                null));
        _samples = With(CliOption.Number("--samples", "Rows of the calibration data to use.", defaults.Samples, least: 1));
        _seed = With(CliOption.Number("--seed", "Which rows and which first centroids of k-means are drawn.", defaults.Seed, least: 0));
        _clusterIterations = With(CliOption.Number("--cluster-iterations", "The most iterations of k-means.", Recipe.DefaultClusterIterations, least: 1));
        _maxLength = With(CliOption.OptionalNumber("--max-length", "Truncate calibration texts to this many tokens.", least: 3));
        With(_resume);
        With(_page);
        _noCache = With(new Option<bool>("--no-cache") { Description = "Compile the model for calibration anew, and do not keep the result." });
    }

    protected override void Execute(OptionValues values, Report report, CancellationToken cancellation)
    {
        CheckpointFiles.RequireNone(values.Get(_output)!);
        string? calibration = values.Get(_calibration);
        CheckpointFiles.RequireOther("--output", values.Get(_output), (_calibration.Name, calibration));
        CheckpointFiles.RequireOther("--report", values.Get(_page), (_calibration.Name, calibration));
        EquatableArray<RecipeStep> steps = _recipe.Read(values);
        bool needsTexts = PostTrainingRecipes.NeedsTexts(steps);
        bool makesTexts = PostTrainingRecipes.MakesTexts(steps);

        // Texts that steps ask for say nothing of activation ranges, unless these are what a step finds.
        bool isStatic = PostTrainingRecipes.FindsActivationRanges(steps) || (calibration is not null && !needsTexts);
        ActivationRange? range = values.Get(_range) ?? (isStatic ? ActivationRange.Static : null);
        if (calibration is null && range == ActivationRange.Static && !makesTexts)
        {
            throw new UsageException(needsTexts ? TextsAreMissing : "--activation-range static needs --calibration");
        }

        RequireUse(values, calibration is not null, "--calibration", _samples, _maxLength);
        using CheckpointModel model = CheckpointModel.Open(values.Get(_directory));
        (ModelSpec spec, Recipe recipe) = _quantization.Model(values, model.Config, range);
        bool clusters = recipe.Uses(spec, WeightFitter.KMeans);
        string kMeans = "--scheme " + WeightSchemes.Of(Scheme.KMeans).Name;
        RequireUse(values, clusters, kMeans, _clusterIterations);
        RequireUse(values, clusters || calibration is not null, "--calibration or " + kMeans, _seed);
        if (steps.Count > 0 && PostTrainingRecipes.FirstIssue(steps, spec) is string issue)
        {
            throw new UsageException(issue);
        }

        if (PostTrainingRecipes.FindsRanges(steps) && values.Has(_quantization.Clipping))
        {
            throw new UsageException("--clipping and the recipe's first step say both how ranges are found");
        }

        RequireTexts(calibration, (needsTexts, makesTexts), spec);
        recipe = recipe with
        {
            ClusterIterations = values.Get(_clusterIterations),
            ClusterSeed = clusters ? (ulong)values.Get(_seed) : 0,
            Calibration = calibration is null ? null : new CalibrationRecipe(Path.GetFileName(calibration), values.Get(_samples), values.Get(_seed)),
            Steps = steps,
        };
        SentenceHead? sentence = _embedding.Stored(values, spec.Head, model.OpenSentence(spec.Head), spec.Dimensions.HiddenSize);
        PostTrainingOptions options = model.OptionsFor(spec, sentence) with
        {
            Recipe = recipe,
            Threads = values.Get(_threads) ?? Environment.ProcessorCount,
        };
        string output = values.Get(_output)!;
        CalibrationTexts? texts = calibration is null && !makesTexts ? null : Texts(values, spec, calibration);
        RequirePlace(values, output, hasState: steps.Count > 0);
        using var run = new RecipeRun(model.Checkpoint, spec, options, texts)
        {
            StatePath = steps.Count > 0 ? StatePath(output) : null, Observes = values.Has(_page),
        };
        PostTrainingResult result = Run(values, report, run, cancellation);
        using PackedModel packed = result.Builder.Build(output);
        long bytes = packed.FileLength;
        SpecOutput.Save(packed, output, cancellation);
        File.Delete(StatePath(output));
        if (values.Get(_page) is string page)
        {
            SavePage(values, page, (result, run), packed, cancellation);
        }

        Write(report, result, spec, bytes);
    }

    // What steps find is kept beside the output, so that what was interrupted can go on.
    private void RequirePlace(OptionValues values, string output, bool hasState)
    {
        string state = StatePath(output);
        if (File.Exists(state) && !values.Get(_resume))
        {
            throw new UsageException($"{state} holds what was interrupted; continue it with --resume, or delete it");
        }

        if (values.Get(_page) is string page)
        {
            AtomicFile.RequireWritable(page);
            AtomicFile.RequireWritable(QuantizationReport.MarkdownOf(page));
        }

        if (hasState)
        {
            AtomicFile.RequireWritable(state);
        }
    }

    private PostTrainingResult Run(OptionValues values, Report report, RecipeRun run, CancellationToken cancellation)
    {
        if (run.StatePath is string state && File.Exists(state))
        {
            run.Resume();
        }
        else if (values.Get(_resume))
        {
            report.Line($"there is no {StatePath(values.Get(_output)!)} to continue from: starting");
        }

        foreach (string step in run.Pending)
        {
            if (run.MemoryOfNext(cancellation) is > 0 and long bytes)
            {
                report.Line(string.Create(CultureInfo.InvariantCulture, $"{step} needs about {(bytes + Environment.WorkingSet) / 1e6:N0} MB"));
            }

            report.WithProgress(step, progress =>
            {
                run.RunNext(progress, cancellation);
                return true;
            });
        }

        return report.WithProgress("quantize", progress => run.Finish(progress, cancellation));
    }

    private void SavePage(
        OptionValues values, string path, (PostTrainingResult Result, RecipeRun Run) done, PackedModel packed, CancellationToken cancellation)
    {
        (ModelSpec spec, long bytes) = (packed.Spec, packed.FileLength);
        string recipe = RecipeJson.Write(packed.Recipe!);
        long predicted = PackedLayout.Packed(spec).Sum(tensor => tensor.Bytes) + packed.Bytes(PackedLayout.Vocabulary).Length;
        using InferenceSession session = new SessionLoader(CompilationTarget.DefaultBatchTokens, 1, !values.Get(_noCache)).Load(packed, cancellation);
        int length = Math.Min(LatencyTokens, session.MaxSequenceLength);
        Measurement time = Measurement.Take(Workload.Random(session, length, batch: 1, seed: 1), LatencyRuns, cancellation);
        string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
        new QuantizationReport(
            Path.GetFileName(values.Get(_output)!),
            [
                new("source", values.Get(_directory)), new("recipe", recipe), new("bytes", Text($"{bytes:N0}")),
                new("bytes as predicted of the tensors", Text($"{predicted:N0}")),
                new("smaller than 32-bit weights", Text($"{4.0 * ModelSize.Parameters(spec) / bytes:0.0} times")),
                new("bits of a weight in linear layers, scales included", Text($"{ModelSize.BitsPerWeight(spec):0.###}")),
                new(Text($"milliseconds for {length} tokens on one thread, median of {LatencyRuns}"), Text($"{time.MedianMs:0.00}")),
                new("instruction set", session.InstructionSet),
            ],
            done.Result.Tensors, done.Run.Reports, done.Run.Curves).Save(path);
    }

    private static void RequireTexts(string? calibration, (bool AreNeeded, bool AreMade) texts, ModelSpec spec)
    {
        if (texts.AreMade)
        {
            if (calibration is not null)
            {
                throw new UsageException("this recipe makes its own texts, so that --calibration has nothing to do");
            }
        }
        else if (calibration is null)
        {
            if (texts.AreNeeded)
            {
                throw new UsageException(TextsAreMissing);
            }

            if (spec.HasBitActivations)
            {
                throw new UsageException("--activation-bits 1 needs --calibration: the scales of activations are stored");
            }

            if (spec.HasQuantizedAttention)
            {
                throw new UsageException("--attention-bits needs --calibration: the ranges of attention's operands are stored");
            }
        }
        else if (!texts.AreNeeded && !ActivationCalibrator.SitesOf(spec).Any())
        {
            throw new UsageException("--calibration has nothing to do: this model stores no activation ranges");
        }
    }

    /// <summary>Gets the file that an interrupted quantization continues from.</summary>
    internal static string StatePath(string output) => Path.GetFullPath(output) + ".quantization";

    private static void RequireUse(OptionValues values, bool isUsed, string user, params Option[] options)
    {
        if (!isUsed && options.FirstOrDefault(values.Has) is Option unused)
        {
            throw new UsageException($"{unused.Name} needs {user}");
        }
    }

    private CalibrationTexts Texts(OptionValues values, ModelSpec spec, string? calibration) => new()
    {
        Data = calibration is null ? null : TsvDataset.Load(calibration),
        File = calibration ?? string.Empty,
        Loader = new SessionLoader(CompilationTarget.DefaultBatchTokens, values.Get(_threads), !values.Get(_noCache)),
        Options = new CalibrationOptions
        {
            Samples = values.Get(_samples),
            Seed = values.Get(_seed),
            MaxLength = SessionOptions.Limit(values.Get(_maxLength), spec.Dimensions.MaxPositions),
        },
    };

    private static void Write(Report report, PostTrainingResult result, ModelSpec spec, long bytes)
    {
        double compression = 4.0 * ModelSize.Parameters(spec) / bytes;
        if (report.IsJson)
        {
            report.Json(new
            {
                BytesTotal = bytes,
                Compression = Math.Round(compression, 3),
                Tensors = result.Tensors.Select(tensor => new
                {
                    tensor.Name,
                    tensor.Bits,
                    tensor.Groups,
                    SqnrDb = double.IsFinite(tensor.SqnrDb) ? Math.Round(tensor.SqnrDb, 3) : (double?)null,
                    tensor.Sensitivity,
                }),
            });
            return;
        }

        bool isPlanned = result.Tensors.Any(tensor => tensor.Sensitivity is not null);
        var table = new TextTable(["tensor", "bits", "groups", "SQNR dB", .. isPlanned ? ["sensitivity"] : Array.Empty<string>()]);
        foreach (TensorReport tensor in result.Tensors)
        {
            string sqnr = double.IsFinite(tensor.SqnrDb) ? tensor.SqnrDb.ToString("0.00", CultureInfo.InvariantCulture) : "exact";
            string sensitivity = tensor.Sensitivity?.ToString("G4", CultureInfo.InvariantCulture) ?? string.Empty;
            table.Add(
            [
                tensor.Name, tensor.Bits.ToString("0.##", CultureInfo.InvariantCulture), tensor.Groups.ToString("N0", CultureInfo.InvariantCulture), sqnr,
                .. isPlanned ? [sensitivity] : Array.Empty<string>(),
            ]);
        }

        report.Table(table);
        report.Line(string.Create(CultureInfo.InvariantCulture, $"{bytes:N0} bytes, {compression:0.0} times smaller than 32-bit weights"));
    }
}
