using QuantGen.Cli.Conventions;
using QuantGen.Sentences;
using QuantGen.Specs;
using QuantGen.Tokenization;
using QuantGen.Training.Batching;
using QuantGen.Training.Data;
using QuantGen.Training.Evaluation;

namespace QuantGen.Cli.Data;

/// <summary>What a model learns from, and what decides which epoch is kept.</summary>
internal sealed class TrainingData
{
    private static readonly string[] s_extensions = [".tsv", ".csv", ".jsonl", ".json", ".conll", ".txt"];

    private TrainingData(TaskData train, TaskData? evaluation)
    {
        Train = train;
        Evaluation = evaluation;
    }

    public TaskData Train { get; }

    public TaskData? Evaluation { get; }

    /// <summary>Gets or sets the names of the model's classes; null where it has none.</summary>
    public IReadOnlyList<string>? Labels { get; set; }

    /// <summary>Reads a file, or the two files of a folder.</summary>
    /// <exception cref="UsageException">There is nothing to learn from, or nothing to measure on in a folder.</exception>
    public static TrainingData Open(string path, string? evaluation, TableOptions? table = null)
    {
        string file = path;
        if (Directory.Exists(path))
        {
            string extension = s_extensions.FirstOrDefault(extension => File.Exists(Path.Combine(path, "train" + extension)))
                ?? throw new UsageException($"{path} has no train.tsv, .csv, .jsonl, .json, .conll or .txt");
            file = Path.Combine(path, "train" + extension);
            string dev = Path.Combine(path, "dev" + extension);
            evaluation ??= File.Exists(dev) ? dev : throw new UsageException($"{path} has no dev{extension}; give --eval-data");
        }

        return new TrainingData(TaskData.Open(file, table), evaluation is null ? null : TaskData.Open(evaluation, table));
    }

    /// <summary>Reads lines of text.</summary>
    public static TrainingData OfText(string file, string? evaluation) => new(new LineData(file), evaluation is null ? null : new LineData(evaluation));

    /// <summary>Reads texts for a sentence encoder.</summary>
    /// <param name="files">The files to learn from.</param>
    /// <param name="excluded">Files whose texts must not be learnt.</param>
    /// <param name="evaluation">Pairs with a score; null for none.</param>
    /// <param name="task">How the model makes vectors.</param>
    public static TrainingData OfSentences(IReadOnlyList<string> files, IReadOnlyList<string> excluded, string? evaluation, SentenceTask task) =>
        new(new SentenceData(files, excluded, task), evaluation is null ? null : new SentencePairData(evaluation, task));

    /// <summary>Reads pairs or triplets of texts for a sentence encoder.</summary>
    /// <param name="train">The pairs to learn from.</param>
    /// <param name="evaluation">Pairs with a score; null for none.</param>
    /// <param name="task">How the model makes vectors.</param>
    public static TrainingData OfPairs(SentenceLearningData train, string? evaluation, SentenceTask task) =>
        new(train, evaluation is null ? null : new SentencePairData(evaluation, task));

    /// <summary>Encodes the examples of a model.</summary>
    /// <param name="settings">What the user asked for.</param>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="spec">The model.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <exception cref="UsageException">The model's head is for other data, or it has fewer positions than was asked for.</exception>
    public (BatchSource Source, IModelEvaluator? Evaluator) Encode(
        ExampleSettings settings, BertTokenizer tokenizer, ModelSpec spec, CancellationToken cancellation)
    {
        RequireFit(Train, spec);
        int length = MaxLength(settings.MaxLength, spec);
        int batch = settings.Batch ?? Train.DefaultBatch;
        Train.Labels = Labels;
        BatchSource source = Train.Source(tokenizer, spec, length, checked(batch * settings.Parts), settings.Seed, cancellation);
        return (source, Evaluation is null ? null : Evaluator(Evaluation, settings, tokenizer, spec, cancellation));
    }

    /// <summary>Encodes examples that a model is measured on.</summary>
    /// <exception cref="UsageException">The model's head is for other data.</exception>
    public IModelEvaluator Evaluator(
        TaskData data, ExampleSettings settings, BertTokenizer tokenizer, ModelSpec spec, CancellationToken cancellation)
    {
        RequireFit(data, spec);
        int length = MaxLength(settings.MaxLength, spec);
        data.Labels = Labels;
        return data.Evaluator(tokenizer, spec, length, settings.Batch ?? Train.DefaultBatch, settings.Threads, cancellation);
    }

    private static void RequireFit(TaskData data, ModelSpec spec)
    {
        if (!data.Fits(spec.Head))
        {
            throw new UsageException($"{data.File} is for models with the head {SpecNames.Of(data.Head)}, and this one has {SpecNames.Of(spec.Head)}");
        }
    }

    private int MaxLength(int? asked, ModelSpec spec)
    {
        int positions = spec.Dimensions.MaxPositions;
        return asked > positions
            ? throw new UsageException(FormattableString.Invariant($"--max-length is {asked}, and this model takes at most {positions} tokens"))
            : Math.Min(asked ?? Train.DefaultMaxLength, positions);
    }
}
