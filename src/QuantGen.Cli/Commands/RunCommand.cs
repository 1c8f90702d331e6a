using System.CommandLine;
using System.Globalization;
using QuantGen.Cli.Conventions;
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
    private readonly TextOptions _texts = new();
    private readonly SessionOptions _session = new();
    private readonly EmbeddingOptions _embedding = new();
    private readonly Option<EntityAggregation?> _aggregation = CliOption.Choice<EntityAggregation>(
        "--aggregation", "Entities: how the tags of word pieces are joined, as in Hugging Face's pipeline; none shows the tag of every piece. " +
            "[default: simple where O is one of the tags]", absent: null);

    public RunCommand(CliStreams streams)
        : base("run", "Compute the model's answer for texts: class, real output, tags, answer or vector, as its head is.", streams)
    {
        _path = WithPath("FILE-OR-DIR", ModelPath.Description);
        _texts.AddTo(this);
        _session.AddTo(this);
        _embedding.AddTo(this);
        Add(_aggregation);
    }

    protected override void Execute(OptionValues values, Report report, CancellationToken cancellation)
    {
        TextInput[] texts = [.. _texts.Read(values, Streams)];
        using InferenceSession session = _session.Loader(values).Load(ModelPath.Open(values.Get(_path), cancellation), cancellation);
        var options = new CallOptions { MaxLength = SessionOptions.Limit(values.Get(_session.MaxLength), session) };
        EntityAggregation? aggregation = values.Get(_aggregation);
        if (aggregation is not null && session.Spec.Head != BertHead.TokenClassification)
        {
            throw new UsageException($"{_aggregation.Name} needs a model that tags words, and this model has the head {session.Spec.Head}");
        }

        string?[] problems = [.. texts.Select(text => _texts.AreLines(values) ? TextResults.Problem(session, text, options, aggregation) : null)];
        TextInput[] sound = [.. texts.Where((_, i) => problems[i] is null)];
        IReadOnlyList<TextResult> results = TextResults.Compute(
            session, sound, options, _embedding.Read(values, session.Spec.Head), aggregation, cancellation);
        Write(report, texts, problems, results);
        RequireNone(problems);
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

    // One line that cannot be answered does not take the answers from the others.
    private static void RequireNone(string?[] problems)
    {
        string[] told =
        [
            .. problems.Select((problem, i) => problem is null ? null : string.Create(CultureInfo.InvariantCulture, $"line {i + 1} {problem}"))
                .OfType<string>(),
        ];
        if (told.Length > 0)
        {
            string more = told.Length > MostTold ? string.Create(CultureInfo.InvariantCulture, $"; and {told.Length - MostTold} lines more") : string.Empty;
            throw new InvalidDataException(string.Join("; ", told.Take(MostTold)) + more);
        }
    }
}
