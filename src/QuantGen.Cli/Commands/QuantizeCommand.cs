using System.CommandLine;
using System.Globalization;
using QuantGen.Cli.Compilation;
using QuantGen.Cli.Conventions;
using QuantGen.Cli.Inspecting;
using QuantGen.Cli.Models;
using QuantGen.Cli.Options;
using QuantGen.Cli.Reporting;
using QuantGen.Graph;
using QuantGen.Packed;
using QuantGen.Schemes;
using QuantGen.Sentences;
using QuantGen.Specs;
using QuantGen.Training.Data;
using QuantGen.Training.PostTraining;
using QuantGen.Training.PostTraining.Steps;

namespace QuantGen.Cli.Commands;

/// <summary>Makes a packed file of a checkpoint, without training.</summary>
internal sealed class QuantizeCommand : CliCommand
{
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
                    "[default: static with --calibration, unless only other steps of the recipe need it; else per-token]",
                null));
        _samples = With(CliOption.Number("--samples", "Rows of the calibration data to use.", defaults.Samples, least: 1));
        _seed = With(CliOption.Number("--seed", "Which rows and which first centroids of k-means are drawn.", defaults.Seed, least: 0));
        _clusterIterations = With(CliOption.Number("--cluster-iterations", "The most iterations of k-means.", Recipe.DefaultClusterIterations, least: 1));
        _maxLength = With(CliOption.OptionalNumber("--max-length", "Truncate calibration texts to this many tokens.", least: 3));
        _noCache = With(new Option<bool>("--no-cache") { Description = "Compile the model for calibration anew, and do not keep the result." });
    }

    protected override void Execute(OptionValues values, Report report, CancellationToken cancellation)
    {
        CheckpointFiles.RequireNone(values.Get(_output)!);
        string? calibration = values.Get(_calibration);
        EquatableArray<RecipeStep> steps = _recipe.Read(values);
        bool needsTexts = PostTrainingRecipes.NeedsTexts(steps);

        // Texts that steps ask for say nothing of activation ranges, unless these are what a step finds.
        bool isStatic = PostTrainingRecipes.FindsActivationRanges(steps) || (calibration is not null && !needsTexts);
        ActivationRange range = values.Get(_range) ?? (isStatic ? ActivationRange.Static : ActivationRange.PerToken);
        if (calibration is null && range == ActivationRange.Static)
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

        RequireTexts(calibration, needsTexts, spec);
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
        using var run = new RecipeRun(model.Checkpoint, spec, options, calibration is null ? null : Texts(values, spec, calibration));
        foreach (string step in run.Pending)
        {
            report.WithProgress(step, progress =>
            {
                run.RunNext(progress, cancellation);
                return true;
            });
        }

        PostTrainingResult result = report.WithProgress("quantize", progress => run.Finish(progress, cancellation));
        string output = values.Get(_output)!;
        using PackedModel packed = result.Builder.Build(output);
        SpecOutput.Save(packed, output, cancellation);
        Write(report, result, spec, packed.FileLength);
    }

    private void RequireTexts(string? calibration, bool needsTexts, ModelSpec spec)
    {
        if (calibration is null)
        {
            if (needsTexts)
            {
                throw new UsageException(TextsAreMissing);
            }

            if (spec.HasQuantizedAttention)
            {
                throw new UsageException("--attention-bits needs --calibration: the ranges of attention's operands are stored");
            }
        }
        else if (!needsTexts && !ActivationCalibrator.SitesOf(spec).Any())
        {
            throw new UsageException("--calibration has nothing to do: this model stores no activation ranges");
        }
    }

    private static void RequireUse(OptionValues values, bool isUsed, string user, params Option[] options)
    {
        if (!isUsed && options.FirstOrDefault(values.Has) is Option unused)
        {
            throw new UsageException($"{unused.Name} needs {user}");
        }
    }

    private CalibrationTexts Texts(OptionValues values, ModelSpec spec, string calibration) => new()
    {
        Data = TsvDataset.Load(calibration),
        File = calibration,
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
                }),
            });
            return;
        }

        var table = new TextTable("tensor", "bits", "groups", "SQNR dB");
        foreach (TensorReport tensor in result.Tensors)
        {
            string sqnr = double.IsFinite(tensor.SqnrDb) ? tensor.SqnrDb.ToString("0.00", CultureInfo.InvariantCulture) : "exact";
            table.Add(
                tensor.Name, tensor.Bits.ToString("0.##", CultureInfo.InvariantCulture), tensor.Groups.ToString("N0", CultureInfo.InvariantCulture), sqnr);
        }

        report.Table(table);
        report.Line(string.Create(CultureInfo.InvariantCulture, $"{bytes:N0} bytes, {compression:0.0} times smaller than 32-bit weights"));
    }
}
