using System.CommandLine;
using QuantGen.Cli.Compilation;
using QuantGen.Cli.Conventions;
using QuantGen.Cli.Data;
using QuantGen.Cli.Models;
using QuantGen.Sentences;
using QuantGen.Training.Data;
using QuantGen.Training.Losses;
using QuantGen.Training.Loop;
using QuantGen.Training.Optimization;

namespace QuantGen.Cli.Options;

/// <summary>The options of every command that trains.</summary>
internal sealed class TrainingOptionSet
{
    private readonly Option<string[]> _data;
    private readonly Option<string[]> _excluded;
    private readonly Option<string?> _evaluation;
    private readonly ColumnOptions _columns = new();
    private readonly bool _isText;
    private readonly Option<int?> _epochs = CliOption.OptionalNumber("--epochs", "How often all rows are seen.", least: 1, most: 10000);
    private readonly Option<int?> _maxSteps = CliOption.OptionalNumber("--max-steps", "End after so many steps.", least: 1);
    private readonly Option<int?> _batch = CliOption.OptionalNumber(
        "--batch", "Rows that are computed at once: those of a step, unless --accumulate adds up several batches. [default: 32; 16 for questions, 64 for " +
            "sentence encoders]",
        least: 1, most: 65536);
    private readonly Option<int> _accumulate = CliOption.Number(
        "--accumulate",
        "Batches of a step, whose gradients are added up: a step learns from N times --batch rows in the memory of one batch. Schedules, --max-steps, " +
            "--checkpoint-every and progress count steps.",
        1, least: 1, most: 16384);
    private readonly Option<double?> _learningRate = CliOption.OptionalReal("--learning-rate", "Learning rate of weights, embeddings, biases and norms.", 0, 1);
    private readonly Option<double?> _decay = CliOption.OptionalReal("--weight-decay", "Decay of matrices and embeddings. [default: 0.01]", 0, 1);
    private readonly Option<double?> _warmup = CliOption.OptionalReal(
        "--warmup", "Share of the steps in which learning rates rise; then they fall to 0.", 0, 1);
    private readonly Option<double?> _dropout = CliOption.OptionalReal(
        "--dropout", "Share of hidden values that dropout clears. [default: config.json's, else 0.1; 0 for sentence encoders]", 0, 0.9);
    private readonly Option<double?> _attentionDropout = CliOption.OptionalReal(
        "--attention-dropout", "Share of attention probabilities that dropout clears. [default: config.json's, else 0.1; 0 for sentence encoders]", 0, 0.9);
    private readonly Option<int> _seed = CliOption.Number("--seed", "What order, dropout and random weights depend on.", 0, least: 0);
    private readonly Option<int?> _threads =
        CliOption.OptionalNumber("--threads", "The most threads. Results of generated code do not depend on it. [default: all processors]", least: 1,
        most: 1024);
    private readonly Option<int?> _maxLength =
        CliOption.OptionalNumber("--max-length",
        "Cut texts to this many tokens, special ones included; questions are read in windows of it. [default: 128; 384 for questions]", least: 8);
    private readonly Option<bool> _resume =
        new("--resume") { Description = "Continue an interrupted training of the same output, or start where there is none." };
    private readonly Option<int> _every = CliOption.Number(
        "--checkpoint-every",
        "Steps between two writes of the state that --resume continues from; 0 writes it on interruption or failure only.",
        new TrainingOptions().CheckpointEvery,
        least: 0);

    private readonly Option<string?> _log = CliOption.Text("--log", "FILE", "Write every step as a line of JSON.");
    private readonly Option<string?> _report = CliOption.Text("--report", "FILE.html", "Write a page with curves and settings.");
    private readonly Option<bool> _noCache = new("--no-cache") { Description = "Compile the model anew, and do not keep the result for the next time." };

    private TrainingOptionSet(Option<string[]> data, Option<string?> evaluation, bool isText)
    {
        _data = data;
        _excluded = CliOption.Texts(
            "--exclude", "FILE", "Sentence encoders: a file of texts that must not be learnt, such as those to measure on. Repeatable.");
        _evaluation = evaluation;
        _isText = isText;
    }

    /// <summary>Gets the option that says what is not trained.</summary>
    public FreezeOption Freeze { get; } = new();

    /// <summary>Makes the options of commands that take data of any task.</summary>
    public static TrainingOptionSet ForData() => new(
        CliOption.Texts(
            "--data", "DIR-OR-FILE",
            "What is learnt: labelled rows (TSV, CSV or lines of JSON), questions (SQuAD's JSON), words with tags (CoNLL), or lines of text (.txt) for a " +
                "masked language model. " +
                "A folder has train and dev files of one kind. For a sentence encoder, texts of any of these, without labels; may be repeated."),
        CliOption.Text("--eval-data", "FILE", "What the model is measured on after every epoch; the best epoch is kept. [default: the folder's dev file]"),
        isText: false);

    /// <summary>Makes the options of commands that take plain text.</summary>
    public static TrainingOptionSet ForText() => new(
        CliOption.Texts("--text", "FILE", "The text, a sequence a line; of a .tsv the sentences."),
        CliOption.Text("--eval-text", "FILE", "The text that the model is measured on after every epoch; the best epoch is kept."),
        isText: true);

    public void AddTo(Command command)
    {
        _data.Required = true;
        Option[] all =
        [
            _data, _evaluation, _epochs, _maxSteps, _batch, _accumulate, _learningRate, _decay, _warmup, _dropout, _attentionDropout, _seed, _threads,
            _maxLength, _resume, _every, _log, _report, _noCache,
        ];
        foreach (Option option in all)
        {
            command.Add(option);
        }

        Freeze.AddTo(command);
        if (!_isText)
        {
            _columns.AddTo(command);
        }

        if (command.Options.Any(option => option.Name == "--teacher"))
        {
            command.Add(_excluded);
        }
    }

    public bool Resumes(OptionValues values) => values.Get(_resume);

    public string? Log(OptionValues values) => values.Get(_log);

    public string? ReportFile(OptionValues values) => values.Get(_report);

    /// <summary>Gets the files that are read, with the options that name them.</summary>
    public IEnumerable<(string Option, string? Path)> Files(OptionValues values) =>
        [.. (values.Get(_data) ?? []).Select(file => (_data.Name, (string?)file)), (_evaluation.Name, values.Get(_evaluation))];

    public ulong Seed(OptionValues values) => (ulong)values.Get(_seed);

    public int Threads(OptionValues values) => values.Get(_threads) ?? Environment.ProcessorCount;

    public ExampleSettings Examples(OptionValues values) => new(
        values.Get(_maxLength), values.Get(_batch), values.Get(_accumulate), Seed(values), Threads(values));

    public bool HasLearningRate(OptionValues values) => values.Has(_learningRate);

    public double? Dropout(OptionValues values) => values.Get(_dropout);

    public double? AttentionDropout(OptionValues values) => values.Get(_attentionDropout);

    public SessionLoader Loader(OptionValues values) => new(CompilationTarget.DefaultBatchTokens, values.Get(_threads), !values.Get(_noCache));

    /// <summary>Gets which columns of tables are texts and labels.</summary>
    /// <param name="values">The command line.</param>
    /// <param name="hasManyLabels">Whether a row may have any number of labels.</param>
    public TableOptions Table(OptionValues values, bool hasManyLabels) => _columns.Read(values, hasManyLabels);

    /// <summary>Reads the data.</summary>
    /// <param name="values">The command line.</param>
    /// <param name="hasManyLabels">Whether a row may have any number of labels.</param>
    /// <exception cref="UsageException">There are several files, or files to exclude, and this model is no sentence encoder.</exception>
    public TrainingData Data(OptionValues values, bool hasManyLabels = false)
    {
        string[] files = values.Get(_data)!;
        if (files.Length > 1 || values.Has(_excluded))
        {
            throw new UsageException($"{(files.Length > 1 ? "several " + _data.Name : _excluded.Name)} need a teacher that is a sentence encoder");
        }

        return _isText
            ? TrainingData.OfText(files[0], values.Get(_evaluation))
            : TrainingData.Open(files[0], values.Get(_evaluation), Table(values, hasManyLabels));
    }

    /// <summary>Reads texts for a sentence encoder.</summary>
    public TrainingData Sentences(OptionValues values, SentenceTask task) =>
        TrainingData.OfSentences(values.Get(_data)!, values.Get(_excluded) ?? [], values.Get(_evaluation), task);

    /// <summary>Reads pairs of texts for a sentence encoder.</summary>
    /// <exception cref="UsageException">There are several files.</exception>
    public TrainingData Pairs(OptionValues values, SentenceTask task, SentenceObjective objective) => values.Get(_data)! is [string file]
        ? TrainingData.OfPairs(new SentenceLearningData(file, Table(values, hasManyLabels: false), task, objective), values.Get(_evaluation), task)
        : throw new UsageException($"several {_data.Name} need a teacher that is a sentence encoder");

    /// <summary>Joins defaults and what the command line says.</summary>
    /// <param name="values">The command line.</param>
    /// <param name="defaults">The defaults.</param>
    /// <param name="output">What is trained, beside which the state of training is kept.</param>
    /// <param name="identity">What else the result depends on.</param>
    public TrainingOptions Training(OptionValues values, TrainingOptions defaults, string output, IReadOnlyDictionary<string, string> identity)
    {
        OptimizerOptions optimizer = defaults.Optimizer;
        return defaults with
        {
            Epochs = values.Get(_epochs) ?? defaults.Epochs,
            MaxSteps = values.Get(_maxSteps),
            WarmupShare = values.Get(_warmup) ?? defaults.WarmupShare,
            Parts = values.Get(_accumulate),
            Seed = Seed(values),
            Threads = Threads(values),
            Optimizer = optimizer with
            {
                LearningRate = values.Get(_learningRate) ?? optimizer.LearningRate,
                WeightDecay = values.Get(_decay) ?? optimizer.WeightDecay,
            },
            CheckpointPath = StatePath(output),
            CheckpointEvery = values.Get(_every),
            Identity = identity,
        };
    }

    /// <summary>Refuses to add up gradients of a loss that needs all texts of a step at once.</summary>
    /// <exception cref="UsageException">The loss is such a one.</exception>
    public void RequireSum(OptionValues values, LossOptions loss)
    {
        if (values.Get(_accumulate) > 1 && loss.ComparesTexts)
        {
            throw new UsageException(
                $"{_accumulate.Name} adds up what texts say one by one, and this loss compares all texts of a step with one another, or has the direction of " +
                    $"all of them together; use {_batch.Name} alone" +
                    (loss.SimilarityWeight > 0 ? ", or --loss-parts hidden,attention,sentence" : string.Empty));
        }
    }

    /// <summary>Gets where the state of a training is kept.</summary>
    public static string StatePath(string output) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(output)) + ".training";
}
