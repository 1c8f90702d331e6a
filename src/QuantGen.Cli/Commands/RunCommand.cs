using System.CommandLine;
using System.Globalization;
using QuantGen.Cli.Conventions;
using QuantGen.Cli.Data;
using QuantGen.Cli.Models;
using QuantGen.Cli.Options;
using QuantGen.Cli.Reporting;
using QuantGen.Cli.Texts;
using QuantGen.Execution;
using QuantGen.Tasks;

namespace QuantGen.Cli.Commands;

/// <summary>Computes a model's answer for texts.</summary>
internal sealed class RunCommand : CliCommand
{
    private const int MostTold = 5;

    private readonly Argument<string> _path;
    private readonly Option<string?> _data;
    private readonly TextOptions _texts = new();
    private readonly SessionOptions _session = new();
    private readonly AnswerOptionSet _answers = new();
    private readonly ActivationOption _activation = new();
    private readonly ColumnOptions _columns = new();

    public RunCommand(CliStreams streams)
        : base("run", "Compute the model's answer for texts: class, real output, tags, answer or vector, as its head is.", streams)
    {
        _path = WithPath("FILE-OR-DIR", ModelPath.Description);
        _texts.AddTo(this);
        _data = With(
            CliOption.Text(
                "--data", "FILE",
                "The texts, pairs or questions of a file; labels are left alone. TSV, CSV, lines of JSON, SQuAD's JSON, or lines of text (.txt)."));
        _columns.AddTo(this);
        _session.AddTo(this);
        _answers.AddTo(this);
        _activation.AddTo(this);
    }

    protected override void Execute(OptionValues values, Report report, CancellationToken cancellation)
    {
        TextInput[] texts = [.. Read(values)];
        using InferenceSession session = _session.Loader(values, _activation.Read(values)).Load(ModelPath.Open(values.Get(_path), cancellation), cancellation);
        AnswerSettings settings = _answers.Read(values, session);
        var options = new CallOptions { MaxLength = SessionOptions.Limit(values.Get(_session.MaxLength), session), Windows = _answers.Windows(values) };
        bool areMany = values.Has(_data) || _texts.AreLines(values);
        string?[] problems = [.. texts.Select(text => areMany ? TextResults.Problem(session, text, options, settings.Aggregation) : null)];
        TextInput[] sound = [.. texts.Where((_, i) => problems[i] is null)];
        IReadOnlyList<TextResult> results = TextResults.Compute(session, sound, options, settings, cancellation);
        Write(report, texts, problems, results);
        RequireNone(problems, values.Has(_data) ? "row" : "line");
    }

    private IEnumerable<TextInput> Read(OptionValues values)
    {
        if (values.Get(_data) is not string file)
        {
            return _texts.Read(values, Streams);
        }

        return _texts.AreLines(values)
            ? PlainData.Load(file, _columns.Read(values, hasManyLabels: false))
            : throw new UsageException("give --text or --data, not both");
    }

    private static void Write(Report report, TextInput[] texts, string?[] problems, IReadOnlyList<TextResult> results)
    {
        if (!report.IsJson)
        {
            foreach (TextResult result in results)
            {
                report.Line(result.Line);
            }

            return;
        }

        int answered = 0;
        report.Json(texts.Select((text, i) => (problems[i] is string problem ? TextResults.Failed(text, problem) : results[answered++]).Json));
    }

    // One text that cannot be answered does not take the answers from the others.
    private static void RequireNone(string?[] problems, string what)
    {
        string[] told =
        [
            .. problems.Select((problem, i) => problem is null ? null : string.Create(CultureInfo.InvariantCulture, $"{what} {i + 1} {problem}"))
                .OfType<string>(),
        ];
        if (told.Length > 0)
        {
            string more = told.Length > MostTold ? string.Create(CultureInfo.InvariantCulture, $"; and {told.Length - MostTold} {what}s more") : string.Empty;
            throw new InvalidDataException(string.Join("; ", told.Take(MostTold)) + more);
        }
    }
}
