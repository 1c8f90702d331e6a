using System.CommandLine;
using QuantGen.Cli.Compilation;
using QuantGen.Cli.Conventions;
using QuantGen.Cli.Models;
using QuantGen.Cli.Options;
using QuantGen.Graph;
using QuantGen.Schemes;
using QuantGen.Sentences;
using QuantGen.Specs;
using QuantGen.Training.Data;
using QuantGen.Training.PostTraining;
using QuantGen.Training.PostTraining.Steps;

namespace QuantGen.Cli.Commands;

/// <summary>The options that say what <c>quantize</c> makes, and of what.</summary>
internal sealed class QuantizeOptionSet
{
    private const string TextsAreMissing = "this recipe needs --calibration: its steps run texts through the model";

    private static readonly CalibrationOptions s_defaults = new();

    private readonly QuantizationOptions _quantization = new();
    private readonly EmbeddingOptions _embedding = new();
    private readonly RecipeOptions _recipe = new();
    private readonly Option<string?> _calibration = CliOption.Text(
        "--calibration", "TSV",
        "Texts for the recipe's steps, and from which static activation ranges are found; without it every token has its own range when it is quantized.");

    private readonly Option<ActivationRange?> _range = CliOption.Choice<ActivationRange>(
        "--activation-range",
        "Whether every token has its own range when it is quantized, or ranges are calibrated. " +
            "[default: static with --calibration, unless only other steps of the recipe need it, and for activations of one bit; else per-token]",
        null);

    private readonly Option<int> _samples = CliOption.Number("--samples", "Rows of the calibration data to use.", s_defaults.Samples, least: 1);
    private readonly Option<int> _seed =
        CliOption.Number("--seed", "Which rows and which first centroids of k-means are drawn.", s_defaults.Seed, least: 0);

    private readonly Option<int> _clusterIterations =
        CliOption.Number("--cluster-iterations", "The most iterations of k-means.", QuantGen.Specs.Recipe.DefaultClusterIterations, least: 1);

    private readonly Option<int?> _maxLength = CliOption.OptionalNumber("--max-length", "Truncate calibration texts to this many tokens.", least: 3);

    /// <summary>Gets the checkpoint.</summary>
    public Argument<string> Directory { get; } =
        new("DIR") { Description = "A checkpoint directory in Hugging Face layout.", Arity = ArgumentArity.ZeroOrOne };

    /// <summary>Gets the file to write.</summary>
    public Option<string?> Output { get; } = CliOption.Text("--output", "FILE", "The packed file to write; required without --collect.", "-o");

    /// <summary>Gets the bits of a weight.</summary>
    public Option Bits => _quantization.Bits;

    /// <summary>Gets the page that tells what was done.</summary>
    public Option<string?> Page { get; } = CliOption.Text(
        "--report", "FILE.html", "Write a page, and Markdown beside it, with what each step did, sizes and speed.");

    /// <summary>Gets the most threads.</summary>
    public Option<int?> Threads { get; } = CliOption.OptionalNumber(
        "--threads", "The most threads. Results do not depend on it. [default: all processors]", least: 1, most: 1024);

    /// <summary>Gets whether interrupted work goes on.</summary>
    public Option<bool> Resume { get; } = new("--resume")
    {
        Description = "Continue an interrupted quantization of the same output, or start where there is none.",
    };

    /// <summary>Gets whether compiled models are made anew.</summary>
    public Option<bool> NoCache { get; } = new("--no-cache")
    {
        Description = "Compile the model for calibration anew, and do not keep the result.",
    };

    public void AddTo(Command command)
    {
        command.Add(Output);
        _quantization.AddTo(command);
        _embedding.AddTo(command);
        _recipe.AddTo(command);
        foreach (Option option in (Option[])[Threads, _calibration, _range, _samples, _seed, _clusterIterations, _maxLength, Resume, Page, NoCache])
        {
            command.Add(option);
        }
    }

    /// <summary>Opens the checkpoint and says what becomes of it.</summary>
    /// <exception cref="UsageException">The options ask for what cannot be.</exception>
    public QuantizeTask Open(OptionValues values)
    {
        string output = values.Get(Output)!;
        CheckpointFiles.RequireNone(output);
        string? calibration = values.Get(_calibration);
        CheckpointFiles.RequireOther("--output", output, (_calibration.Name, calibration));
        CheckpointFiles.RequireOther("--report", values.Get(Page), (_calibration.Name, calibration));
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
        CheckpointModel model = CheckpointModel.Open(values.Get(Directory));
        try
        {
            return Describe(values, model, range, steps);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    private QuantizeTask Describe(OptionValues values, CheckpointModel model, ActivationRange? range, EquatableArray<RecipeStep> steps)
    {
        string? calibration = values.Get(_calibration);
        bool makesTexts = PostTrainingRecipes.MakesTexts(steps);
        Numerics usual = PostTrainingRecipes.NumericsOf(steps);
        if (_quantization.Numerics(values) is Numerics numerics && usual == Numerics.Integer && numerics != usual)
        {
            throw new UsageException("a step of the recipe is for models without floats, and --numerics is float");
        }

        (ModelSpec spec, Recipe recipe) = _quantization.Model(values, model.Config, range, usual);
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

        RequireTexts(calibration, (PostTrainingRecipes.NeedsTexts(steps), makesTexts), spec);
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
            Threads = values.Get(Threads) ?? Environment.ProcessorCount,
        };
        return new QuantizeTask(model, spec, options, calibration is null && !makesTexts ? null : Texts(values, spec, calibration), values.Get(Output)!);
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

            if (spec.IsInteger)
            {
                throw new UsageException("--numerics integer needs --calibration: the ranges of activations are stored");
            }

            if (spec.IsRounded)
            {
                throw new UsageException("--scheme fullyqt needs --calibration: the ranges of all operations are stored");
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
        Loader = new SessionLoader(CompilationTarget.DefaultBatchTokens, values.Get(Threads), !values.Get(NoCache)),
        Options = new CalibrationOptions
        {
            Samples = values.Get(_samples),
            Seed = values.Get(_seed),
            MaxLength = SessionOptions.Limit(values.Get(_maxLength), spec.Dimensions.MaxPositions),
        },
    };
}
