using System.CommandLine;
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
    private readonly Argument<string> _path;
    private readonly TextOptions _texts = new();
    private readonly SessionOptions _session = new();
    private readonly EmbeddingOptions _embedding = new();

    public RunCommand(CliStreams streams)
        : base("run", "Compute the model's answer for texts: class, real output, tags, answer or vector, as its head is.", streams)
    {
        _path = WithPath("FILE-OR-DIR", ModelPath.Description);
        _texts.AddTo(this);
        _session.AddTo(this);
        _embedding.AddTo(this);
    }

    protected override void Execute(OptionValues values, Report report, CancellationToken cancellation)
    {
        TextInput[] texts = [.. _texts.Read(values, Streams)];
        using InferenceSession session = _session.Loader(values).Load(ModelPath.Open(values.Get(_path), cancellation), cancellation);
        var options = new CallOptions { MaxLength = SessionOptions.Limit(values.Get(_session.MaxLength), session) };
        IReadOnlyList<TextResult> results = TextResults.Compute(session, texts, options, _embedding.Read(values, session.Spec.Head), cancellation);
        if (report.IsJson)
        {
            report.Json(results.Select(result => result.Json));
            return;
        }

        foreach (TextResult result in results)
        {
            report.Line(result.Line);
        }
    }
}
