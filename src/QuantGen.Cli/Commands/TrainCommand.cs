using System.CommandLine;
using System.Globalization;
using QuantGen.Cli.Conventions;
using QuantGen.Cli.Data;
using QuantGen.Cli.Models;
using QuantGen.Cli.Options;
using QuantGen.Cli.Reporting;
using QuantGen.Cli.Runs;
using QuantGen.Graph;
using QuantGen.Sentences;
using QuantGen.Specs;
using QuantGen.Trainable;
using QuantGen.Training.Batching;
using QuantGen.Training.Checkpointing;
using QuantGen.Training.Engines;
using QuantGen.Training.Evaluation;
using QuantGen.Training.Loop;
using QuantGen.Training.Losses;
using QuantGen.Training.Optimization;

namespace QuantGen.Cli.Commands;

/// <summary>Trains a model of full precision and writes a checkpoint.</summary>
internal sealed class TrainCommand : CliCommand
{
    // Weights that start at random need larger steps than those that only have to be adapted.
    private const double RateFromNothing = 3e-4;
    private const int EpochsFromNothing = 5;
    private const double Warmup = 0.1;
    private const double DefaultDropout = 0.1;
    private const string TrainName = "train";

    private readonly Option<string?> _from;
    private readonly Option<string?> _config;
    private readonly Option<string?> _vocabulary;
    private readonly Option<bool> _cased;
    private readonly Option<string?> _output;
    private readonly TrainingOptionSet _training;
    private readonly EngineOptions _engine = new();
    private readonly LabelOptions _labels = new();
    private readonly EmbeddingOptions _embedding = new();
    private readonly Option<SentenceObjective?> _objective = CliOption.Choice<SentenceObjective>(
        "--objective",
        "Sentence encoders learn from pairs: that cosines are scores, or that what belongs together is nearer than all else of the batch (pairs without " +
            "labels, or the columns anchor, positive and negative).",
        absent: null);

    private TrainCommand(string name, string description, TrainingOptionSet training, CliStreams streams)
        : base(name, $"{description} Rates and epochs default to 5e-5 and 3 with --from, to 3e-4 and 5 without; 10% warm-up.", streams)
    {
        _training = training;
        _from = With(CliOption.Text("--from", "DIR", "The checkpoint directory to start from; a head that it lacks starts at random."));
        _config = With(CliOption.Text("--config", "config.json", "The dimensions of a model that starts at random."));
        _vocabulary = With(CliOption.Text("--vocabulary", "vocab.txt", "The word pieces of a model that starts at random."));
        _cased = With(new Option<bool>("--cased") { Description = "With --vocabulary: keep upper case and accents." });
        _output = With(CliOption.Text("--output", "DIR", "The checkpoint directory to write.", "-o"));
        _output.Required = true;
        _training.AddTo(this);
        _engine.AddTo(this, hasTeacher: false);
        if (name == TrainName)
        {
            _labels.AddTo(this);
            _embedding.AddTo(this);
            Add(_objective);
        }
    }

    /// <summary>Makes the command that learns what data is labelled with.</summary>
    public static TrainCommand Train(CliStreams streams) => new(
        TrainName, "Train a model of full precision on labelled rows or questions, and write a checkpoint directory.", TrainingOptionSet.ForData(), streams);

    /// <summary>Makes the command that learns to find hidden words.</summary>
    public static TrainCommand Pretrain(CliStreams streams) => new(
        "pretrain", "Train a masked language model of full precision on lines of text, and write a checkpoint directory.", TrainingOptionSet.ForText(),
        streams);

    protected override void Execute(OptionValues values, Report report, CancellationToken cancellation)
    {
        string output = values.Get(_output)!;
        CheckpointFiles.RequireOther("--output", output, ("--from", values.Get(_from)));
        TrainingRun.RequirePlace(_training, values, output, Path.Exists(output) ? HuggingFaceCheckpoint.WeightsOf(output) : output);
        ITrainingEngine engine = _engine.Engine(values, _training.Loader(values));
        using TrainingStartPoint start = Start(values);
        bool isTrain = Name == TrainName;
        SentenceTask? sentences = isTrain ? Sentences(values, start) : null;
        TrainingData data = sentences is null ? _training.Data(values, start.HasManyLabels || (isTrain && _labels.HasMany(values)))
            : _training.Pairs(values, sentences, values.Get(_objective)!.Value);
        if (sentences is not null)
        {
            _training.RequireSum(values, LossOptions.OfPairs(values.Get(_objective)!.Value));
        }

        ModelConfig config = sentences is null
            ? new HeadChoice(start, data.Train, isTrain ? _labels.Labels(values) : null, KeepsHead: isTrain).Decide(report)
            : start.Config with { Head = BertHead.Encoder };
        if (data.Train is SentenceLearningData { Note: string note })
        {
            report.Line(note);
        }

        data.Labels = [.. config.Labels];
        ModelSpec spec = ModelSpecs.FullPrecision(config, config.Head);
        FrozenParts? frozen = _training.Freeze.Read(values, spec);
        var options = new TrainableOptions
        {
            Threads = _training.Threads(values),
            HiddenDropout = (float)(_training.Dropout(values) ?? start.HiddenDropout ?? DefaultDropout),
            AttentionDropout = (float)(_training.AttentionDropout(values) ?? start.AttentionDropout ?? DefaultDropout),
        };
        using ITrainableModel model = engine.Create(spec, options, cancellation);
        Fill(model, start, _training.Seed(values), frozen, report);
        frozen?.Freeze(model);
        string[] classes = spec.Head is BertHead.SequenceClassification or BertHead.TokenClassification ? [.. config.Labels] : [];
        (BatchSource source, IModelEvaluator? evaluator) = data.Encode(_training.Examples(values), start.Tokenizer, spec, cancellation);
        var run = new TrainingRun(_training, values, report)
        {
            Stages =
            [
                new TrainingStage(
                    model,
                    sentences is not null ? LossOptions.OfPairs(values.Get(_objective)!.Value)
                        : isTrain ? _labels.Loss(values, source.Examples, classes) with { SigmoidValues = IsScore(config, data.Train, source) }
                        : LossOptions.Labels,
                    _training.Training(values, Defaults(start), output, Identity(values, start, options, frozen)) with { Engine = engine.Description }),
            ],
            Source = source,
            Evaluator = evaluator,
            Sentences = sentences,
            Title = $"quantgen {Name}: {data.Train.File}",
        };
        var checkpoint = new HuggingFaceCheckpoint
        {
            ConfigJson = start.ConfigJson,
            Tokenizer = start.Tokenizer,
            TokenizerSource = start.Checkpoint?.Directory,
            Labels = classes,
            OutputActivation = config.OutputActivation,
        };
        TrainingResult result = run.Complete(output, _ => Save(checkpoint, output, model, sentences), cancellation);
        TrainingSummary.Write(report, result, run.Options, output);
    }

    // The weights come last, so that a folder with weights is whole.
    private static void Save(HuggingFaceCheckpoint checkpoint, string output, ITrainableModel model, SentenceTask? sentences)
    {
        if (sentences is not null)
        {
            SentenceFolderWriter.Save(output, sentences.Head);
        }

        checkpoint.Save(output, model);
    }

    private SentenceTask? Sentences(OptionValues values, TrainingStartPoint start)
    {
        if (values.Get(_objective) is null)
        {
            return _embedding.Read(values, start.Config.Head) is null ? null : throw new UsageException("how vectors are made is learnt with --objective only");
        }

        if (!start.IsSentenceEncoder)
        {
            throw new UsageException($"{_objective.Name} needs a sentence encoder, and this checkpoint has the head {SpecNames.Of(start.Config.Head)}");
        }

        int size = start.Config.HiddenSize;
        SentenceHead head = _embedding.Stored(values, start.Config.Head, start.OpenSentence(), size) ?? new SentenceHead(new SentenceEncoding(), size);
        return SentenceTask.Of(head, start.Tokenizer);
    }

    private static TrainingOptions Defaults(TrainingStartPoint start) => start.Checkpoint is null
        ? new TrainingOptions { Epochs = EpochsFromNothing, WarmupShare = Warmup, Optimizer = new OptimizerOptions { LearningRate = RateFromNothing } }
        : new TrainingOptions { WarmupShare = Warmup };

    // A score from 0 to 1 is learnt as such.
    private static bool IsScore(ModelConfig config, TaskData data, BatchSource source)
    {
        bool isScore = config is { Head: BertHead.Regression, OutputActivation: OutputActivation.Sigmoid };
        return isScore && source.Examples.Any(example => example.Label is < 0 or > 1)
            ? throw new UsageException($"{data.File} has labels outside of 0 to 1, and the outputs of this checkpoint go through a sigmoid")
            : isScore;
    }

    private Dictionary<string, string> Identity(OptionValues values, TrainingStartPoint start, TrainableOptions options, FrozenParts? frozen)
    {
        var identity = new Dictionary<string, string>
        {
            ["start"] = start.Checkpoint?.Sha256 ?? "random",
            ["dropout"] = options.HiddenDropout.ToString(CultureInfo.InvariantCulture),
            ["attention dropout"] = options.AttentionDropout.ToString(CultureInfo.InvariantCulture),
        };
        if (frozen is not null)
        {
            identity["freeze"] = frozen.ToString();
        }

        if (Name == TrainName)
        {
            _labels.AddIdentity(values, identity);
            identity["objective"] = values.Get(_objective)?.ToString() ?? "labels";
        }

        return identity;
    }

    private void Fill(ITrainableModel model, TrainingStartPoint start, ulong seed, FrozenParts? frozen, Report report)
    {
        if (start.Checkpoint is null)
        {
            CheckpointWeights.Randomize(model, seed);
            _training.Freeze.RequireStart(frozen, model.Parameters.Select(parameter => parameter.Name));
            return;
        }

        IReadOnlyList<string> fresh = CheckpointWeights.LoadEncoder(start.Checkpoint, model, seed);
        _training.Freeze.RequireStart(frozen, fresh);
        if (fresh.Count > 0)
        {
            report.Line($"starting at random: {string.Join(", ", fresh)}");
        }
    }

    private TrainingStartPoint Start(OptionValues values)
    {
        string? from = values.Get(_from);
        string? config = values.Get(_config);
        string? vocabulary = values.Get(_vocabulary);
        return (from, config, vocabulary) switch
        {
            (string directory, null, null) when !values.Get(_cased) => TrainingStartPoint.Open(directory),
            (null, string dimensions, string pieces) => TrainingStartPoint.Read(dimensions, pieces, values.Get(_cased)),
            (not null, _, _) => throw new UsageException("--from brings dimensions and vocabulary with it; leave out --config, --vocabulary and --cased"),
            _ => throw new UsageException("give --from, or both --config and --vocabulary"),
        };
    }
}
