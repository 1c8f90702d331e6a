using QuantGen.Specs;
using QuantGen.Tokenization;
using QuantGen.Training.Batching;
using QuantGen.Training.Data;
using QuantGen.Training.Evaluation;

namespace QuantGen.Cli.Models;

/// <summary>What a model learns from and what it is measured on.</summary>
internal sealed class TrainingData
{
    // Whole numbers above this are measurements, not classes.
    private const int MostClasses = 4096;
    private const int DefaultMaxLength = 128;
    private const int DefaultQuestionMaxLength = 384;
    private readonly TsvDataset? _rows;
    private readonly TsvDataset? _evaluationRows;
    private readonly SquadDataset? _questions;
    private readonly SquadDataset? _evaluationQuestions;

    private TrainingData(string file, string? evaluationFile)
    {
        File = file;
        EvaluationFile = evaluationFile;
        if (IsJson(file))
        {
            _questions = SquadDataset.Load(file);
            _evaluationQuestions = evaluationFile is null ? null : SquadDataset.Load(evaluationFile);
        }
        else
        {
            _rows = TsvDataset.Load(file);
            _evaluationRows = evaluationFile is null ? null : TsvDataset.Load(evaluationFile);
        }
    }

    public string File { get; }

    public string? EvaluationFile { get; }

    public bool HasQuestions => _questions is not null;

    /// <summary>Gets the examples of a step when nothing else is said.</summary>
    public int DefaultBatch => HasQuestions ? 16 : 32;

    /// <summary>Reads a file, or the two files of a folder.</summary>
    /// <exception cref="UsageException">There is nothing to learn from, or nothing to measure on in a folder, or the files are of two kinds.</exception>
    public static TrainingData Open(string path, string? evaluation)
    {
        string file = path;
        if (Directory.Exists(path))
        {
            string extension = System.IO.File.Exists(Path.Combine(path, "train.json")) && !System.IO.File.Exists(Path.Combine(path, "train.tsv")) ? ".json" : ".tsv";
            file = Path.Combine(path, "train" + extension);
            string dev = Path.Combine(path, "dev" + extension);
            evaluation ??= System.IO.File.Exists(dev) ? dev : throw new UsageException($"{path} has no dev{extension}; give --eval-data");
        }

        foreach (string needed in new[] { file, evaluation }.OfType<string>().Where(needed => !System.IO.File.Exists(needed)))
        {
            throw new FileNotFoundException($"{needed}: no such file");
        }

        return evaluation is not null && IsJson(evaluation) != IsJson(file)
            ? throw new UsageException($"--eval-data {evaluation} is of another kind than {file}")
            : new TrainingData(file, evaluation);
    }

    /// <summary>Says what the labels ask for: answers, classes when all are whole numbers from 0, else a number.</summary>
    public BertHead Head()
    {
        if (HasQuestions)
        {
            return BertHead.QuestionAnswering;
        }

        ExampleEncoder.RequireLabels(_rows!, File);
        return _rows!.Rows.All(row => row.LabelValue >= 0 && row.LabelValue == Math.Floor(row.LabelValue) && row.LabelValue < MostClasses)
            ? BertHead.SequenceClassification
            : BertHead.Regression;
    }

    /// <summary>Counts the classes: one above the largest label.</summary>
    public int ClassCount() => 1 + (int)_rows!.Rows.Max(row => row.LabelValue);

    /// <summary>Gets the length to which texts are cut.</summary>
    /// <exception cref="UsageException">The model has fewer positions than was asked for.</exception>
    public int MaxLength(int? asked, ModelSpec spec)
    {
        int positions = spec.Dimensions.MaxPositions;
        return asked > positions
            ? throw new UsageException(FormattableString.Invariant($"--max-length is {asked}, and this model takes at most {positions} tokens"))
            : Math.Min(asked ?? (HasQuestions ? DefaultQuestionMaxLength : DefaultMaxLength), positions);
    }

    /// <summary>Encodes what is learnt from.</summary>
    public BatchSource Source(BertTokenizer tokenizer, ModelSpec spec, int maxLength, int? batch, ulong seed)
    {
        RequireHead(spec);
        IReadOnlyList<Example> examples = _questions is not null
            ? new QuestionSet(_questions, tokenizer, maxLength).Examples
            : ExampleEncoder.FromRows(_rows!, File, tokenizer, spec, maxLength);
        return new BatchSource(examples, batch ?? DefaultBatch, seed);
    }

    /// <summary>Encodes what is measured on; null without any.</summary>
    public IModelEvaluator? Evaluator(BertTokenizer tokenizer, ModelSpec spec, int maxLength, int? batch)
    {
        if (_evaluationQuestions is not null)
        {
            return new QuestionEvaluator(new QuestionSet(_evaluationQuestions, tokenizer, maxLength), batch ?? DefaultBatch);
        }

        return _evaluationRows is null
            ? null
            : new RowEvaluator(ExampleEncoder.FromRows(_evaluationRows, EvaluationFile!, tokenizer, spec, maxLength), batch ?? DefaultBatch);
    }

    private static bool IsJson(string file) => file.EndsWith(".json", StringComparison.OrdinalIgnoreCase);

    private void RequireHead(ModelSpec spec)
    {
        bool fits = HasQuestions ? spec.Head == BertHead.QuestionAnswering : spec.Head is BertHead.SequenceClassification or BertHead.Regression;
        if (!fits)
        {
            throw new UsageException($"this model has the head {SpecNames.Of(spec.Head)}, and {File} has {(HasQuestions ? "questions" : "labelled rows")}");
        }
    }
}
