using System.CommandLine;
using System.Globalization;
using QuantGen.Cli.Conventions;
using QuantGen.Cli.Models;
using QuantGen.Cli.Options;
using QuantGen.Cli.Reporting;
using QuantGen.Execution;
using QuantGen.Specs;
using QuantGen.Tasks;
using QuantGen.Training.Data;

namespace QuantGen.Cli.Commands;

/// <summary>Orders documents by how well they answer a query.</summary>
internal sealed class RankCommand : CliCommand
{
    private const int DefaultTop = 10;

    private readonly Argument<string> _path;
    private readonly Argument<string> _query;
    private readonly Option<string?> _documents;
    private readonly Option<int> _top;
    private readonly SessionOptions _session = new();
    private readonly EmbeddingOptions _embedding = new();
    private readonly ActivationOption _activation = new();

    public RankCommand(CliStreams streams)
        : base("rank", "Print the documents that fit a query best: by a reranker's score, or by the cosine of a sentence encoder's vectors.", streams)
    {
        _path = WithPath("FILE-OR-DIR", ModelPath.Description);
        _query = WithPath("QUERY", "What is looked for.");
        _documents = With(CliOption.Text("--documents", "FILE", "The documents, one a line, or the texts of a TSV. Longer ones are cut."));
        _documents.Required = true;
        _top = With(CliOption.Number("--top", "How many documents are printed.", DefaultTop, least: 1));
        _session.AddTo(this);
        _embedding.AddTo(this);
        _activation.AddTo(this);
    }

    protected override void Execute(OptionValues values, Report report, CancellationToken cancellation)
    {
        IReadOnlyList<string> documents = TextFiles.Load(values.Get(_documents)!);
        using InferenceSession session = _session.Loader(values, _activation.Read(values)).Load(ModelPath.Open(values.Get(_path), cancellation), cancellation);
        var options = new CallOptions { MaxLength = SessionOptions.Limit(values.Get(_session.MaxLength), session) ?? session.MaxSequenceLength };
        EmbedOptions? embed = _embedding.Read(values, session.Spec.Head);
        string query = values.Get(_query);
        float[] scores = session.Spec.Head switch
        {
            BertHead.Regression => session.Regress([.. documents.Select(document => new TextInput(query, document))], options, cancellation),
            BertHead.Encoder or BertHead.Embedding =>
                Cosines(session.Embed([query, .. documents.Select(text => new TextInput(text))], embed, options, cancellation)),
            BertHead head => throw new UsageException(
                $"rank needs a model with one real output, or a sentence encoder, and this model has the head {SpecNames.Of(head)}"),
        };
        int[] order = [.. Enumerable.Range(0, scores.Length).OrderByDescending(i => scores[i]).Take(values.Get(_top))];
        if (report.IsJson)
        {
            report.Json(order.Select(i => new { Index = i, Score = scores[i], Document = documents[i] }));
            return;
        }

        foreach (int i in order)
        {
            report.Line(string.Create(CultureInfo.InvariantCulture, $"{scores[i]:0.0000}\t{documents[i]}"));
        }
    }

    // The first vector is the query's. A vector without a direction is like none.
    private static float[] Cosines(float[][] vectors) => [.. vectors.Skip(1).Select(vector =>
    {
        double lengths = Math.Sqrt(Product(vector, vector) * Product(vectors[0], vectors[0]));
        return lengths == 0 ? 0 : (float)(Product(vector, vectors[0]) / lengths);
    })];

    private static double Product(float[] x, float[] y) => x.Zip(y, (a, b) => (double)a * b).Sum();
}
