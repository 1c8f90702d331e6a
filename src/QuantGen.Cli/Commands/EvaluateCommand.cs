using System.CommandLine;
using System.Globalization;
using QuantGen.Cli.Conventions;
using QuantGen.Cli.Data;
using QuantGen.Cli.Models;
using QuantGen.Cli.Options;
using QuantGen.Cli.Reporting;
using QuantGen.Execution;
using QuantGen.Packed;
using QuantGen.Training.Batching;
using QuantGen.Training.Data;
using QuantGen.Training.Evaluation;

namespace QuantGen.Cli.Commands;

/// <summary>Measures a model on labelled rows.</summary>
internal sealed class EvaluateCommand : CliCommand
{
    private readonly Argument<string> _path;
    private readonly Option<string?> _data;
    private readonly Option<string?> _text;
    private readonly Option<int> _seed;
    private readonly Option<string?> _logits;
    private readonly Option<string?> _answers;
    private readonly Option<int?> _shuffle;
    private readonly SessionOptions _session = new();
    private readonly EmbeddingOptions _embedding = new();
    private readonly VectorOptions _vectors = new("--vectors");
    private readonly ColumnOptions _columns = new();
    private readonly ActivationOption _activation = new();
    private readonly Option<double?> _threshold;

    public EvaluateCommand(CliStreams streams)
        : base("evaluate", "Measure a model on labelled rows or questions, or a masked language model on texts.", streams)
    {
        _path = WithPath("FILE-OR-DIR", ModelPath.Description);
        _data = With(
            CliOption.Text(
                "--data", "FILE",
                "Tab-separated rows under a header line 'sentence<TAB>label' or 'sentence1<TAB>sentence2<TAB>label', or questions in SQuAD's JSON (.json), " +
                    "in windows of 384 tokens without --max-length, or words with tags (CoNLL), for entities. " +
                    "The cosines of a sentence encoder's vectors are compared with the labels of pairs."));
        _text = With(CliOption.Text("--text", "FILE", "For a masked language model: texts, one a line, or a TSV; 15% of their tokens are hidden."));
        _seed = With(CliOption.Number("--seed", "Which tokens of --text are hidden.", (int)HiddenTokens.DefaultSeed, least: 0));
        _logits = With(CliOption.Text("--logits", "OUT.tsv", "Write the outputs of every row: tab-separated, nine digits, a line for each row."));
        _answers = With(CliOption.Text("--answers", "OUT.json", "Write the answer to every question, as the official SQuAD scripts read it."));
        _shuffle = With(
            CliOption.OptionalNumber(
                "--shuffle", "Compute the rows in an order drawn by this seed and report them in the file's; nothing else may change.", least: 0));
        _threshold = With(ThresholdOption.Create());
        _columns.AddTo(this);
        _activation.AddTo(this);
        _session.AddTo(this);
        _embedding.AddTo(this);
        _vectors.AddTo(this);
    }

    protected override void Execute(OptionValues values, Report report, CancellationToken cancellation)
    {
        if (values.Has(_data) == values.Has(_text))
        {
            throw new UsageException("evaluate needs --data, or --text for a masked language model");
        }

        CheckpointFiles.RequireOther("--logits", values.Get(_logits), ("--data", values.Get(_data)), ("the command", values.Get(_path)));
        CheckpointFiles.RequireOther("--answers", values.Get(_answers), ("--data", values.Get(_data)), ("the command", values.Get(_path)));
        if (values.Get(_text) is string texts)
        {
            EvaluateTexts(values, texts, report, cancellation);
            return;
        }

        if (values.Has(_seed))
        {
            throw new UsageException("--seed needs --text");
        }

        string file = values.Get(_data)!;
        if (TaskData.HasQuestions(file))
        {
            EvaluateQuestions(values, file, report, cancellation);
            return;
        }

        RequireNone(values, "--data with questions", _answers);
        if (TaggedText.IsFile(file))
        {
            EvaluateTags(values, file, report, cancellation);
            return;
        }

        using PackedModel model = ModelPath.Open(values.Get(_path), cancellation);
        bool hasMany = model is { Spec.Head: BertHead.SequenceClassification, OutputActivation: OutputActivation.Sigmoid };
        TsvDataset data = TsvDataset.Load(file, _columns.Read(values, hasMany));
        if (values.Has(_threshold) && !data.HasManyLabels)
        {
            throw new UsageException($"{_threshold.Name} needs a model of which any number of labels may hold");
        }

        using InferenceSession session = _session.Loader(values, _activation.Read(values)).Load(model, cancellation);
        EvaluationResult result = report.WithProgress(
            "evaluate", progress => Evaluator.Evaluate(session, data, file, Settings(values, session, progress), cancellation));
        if (values.Get(_logits) is string path)
        {
            result.SaveLogits(path);
        }

        Write(report, result);
    }

    private static void RequireNone(OptionValues values, string user, params Option[] options)
    {
        if (options.FirstOrDefault(values.Has) is Option unused)
        {
            throw new UsageException($"{unused.Name} needs {user}");
        }
    }

    private InferenceSession Load(OptionValues values, CancellationToken cancellation)
        => _session.Loader(values).Load(ModelPath.Open(values.Get(_path), cancellation), cancellation);

    private EvaluationOptions Settings(OptionValues values, InferenceSession session, IProgress<double>? progress) => new()
    {
        MaxLength = SessionOptions.Limit(values.Get(_session.MaxLength), session),
        BatchTokens = values.Get(_session.BatchTokens),
        ShuffleSeed = values.Get(_shuffle),
        Embed = _embedding.Read(values, session.Spec.Head),
        Vectors = _vectors.Format(values, session.Spec.Head),
        Dimensions = _vectors.Dimensions(values, session, _embedding.Read(values, session.Spec.Head)),
        Threshold = values.Get(_threshold) ?? ThresholdOption.Default,
        Progress = progress,
    };

    private void EvaluateQuestions(OptionValues values, string file, Report report, CancellationToken cancellation)
    {
        RequireNone(values, "--data with labelled rows", _logits);
        SquadDataset data = SquadDataset.Load(file);
        using InferenceSession session = Load(values, cancellation);
        AnswerEvaluation result = report.WithProgress(
            "evaluate", progress => AnswerEvaluator.Evaluate(session, data, Settings(values, session, progress), cancellation));
        if (values.Get(_answers) is string path)
        {
            result.SaveAnswers(path);
        }

        if (report.IsJson)
        {
            report.Json(new
            {
                result.Score.Metric,
                result.Score.Value,
                All = result.Score.All.ToDictionary(metric => metric.Key, metric => metric.Value),
                Rows = result.Answers.Count,
                Windows = result.WindowCount,
            });
            return;
        }

        var table = new TextTable("metric", "percent");
        foreach ((string name, double value) in result.Score.All)
        {
            table.Add(name, value.ToString("0.00", CultureInfo.InvariantCulture));
        }

        report.Table(table);
        report.Line(string.Create(CultureInfo.InvariantCulture, $"{result.Answers.Count} questions, {result.WindowCount} windows"));
    }

    private void EvaluateTags(OptionValues values, string file, Report report, CancellationToken cancellation)
    {
        RequireNone(values, "--data with labelled rows", _logits);
        ConllDataset data = ConllDataset.Load(file);
        using InferenceSession session = Load(values, cancellation);
        ModelScore score = report.WithProgress(
            "evaluate", progress => TagEvaluator.Evaluate(session, data, Settings(values, session, progress), cancellation));
        if (report.IsJson)
        {
            report.Json(new
            {
                score.Metric, score.Value, All = score.All.ToDictionary(metric => metric.Key, metric => metric.Value), Rows = data.Sentences.Count,
            });
            return;
        }

        var table = new TextTable("metric", "value");
        foreach ((string name, double value) in score.All)
        {
            table.Add(name, value.ToString("0.0000", CultureInfo.InvariantCulture));
        }

        report.Table(table);
        report.Line(string.Create(
            CultureInfo.InvariantCulture, $"{data.Sentences.Count} sentences, {data.Sentences.Sum(sentence => sentence.Words.Count)} words"));
    }

    private void EvaluateTexts(OptionValues values, string file, Report report, CancellationToken cancellation)
    {
        RequireNone(values, "--data", _logits, _answers, _shuffle);
        IReadOnlyList<string> texts = TextFiles.Load(file);
        using InferenceSession session = Load(values, cancellation);
        MaskedEvaluation result = report.WithProgress(
            "evaluate",
            progress => MaskedTextEvaluator.Evaluate(session, texts, file, (ulong)values.Get(_seed), Settings(values, session, progress), cancellation));
        if (report.IsJson)
        {
            report.Json(new
            {
                result.Score.Metric,
                result.Score.Value,
                All = result.Score.All.ToDictionary(metric => metric.Key, metric => metric.Value),
                Rows = result.TextCount,
                Targets = result.TargetCount,
            });
            return;
        }

        var table = new TextTable("metric", "value");
        table.Add("loss", result.Loss.ToString("0.0000", CultureInfo.InvariantCulture));
        table.Add("perplexity", result.Perplexity.ToString("0.00", CultureInfo.InvariantCulture));
        table.Add("accuracy", result.Accuracy.ToString("0.0000", CultureInfo.InvariantCulture));
        report.Table(table);
        report.Line(string.Create(CultureInfo.InvariantCulture, $"{result.TextCount} texts, {result.TargetCount} hidden tokens"));
    }

    private static void Write(Report report, EvaluationResult result)
    {
        if (report.IsJson)
        {
            report.Json(new
            {
                result.Metric,
                result.Value,
                All = result.Metrics.ToDictionary(metric => metric.Key, metric => metric.Value),
                Rows = result.RowCount,
                LogitsSha256 = result.LogitsSha256,
            });
            return;
        }

        var table = new TextTable("metric", "value");
        foreach ((string name, double value) in result.Metrics)
        {
            table.Add(name, value.ToString("0.0000", CultureInfo.InvariantCulture));
        }

        report.Table(table);
        report.Line(string.Create(CultureInfo.InvariantCulture, $"{result.RowCount} rows, logits {result.LogitsSha256}"));
    }
}
