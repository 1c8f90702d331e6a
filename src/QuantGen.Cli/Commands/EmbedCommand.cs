using System.CommandLine;
using System.Globalization;
using QuantGen.Cli.Conventions;
using QuantGen.Cli.Models;
using QuantGen.Cli.Options;
using QuantGen.Cli.Reporting;
using QuantGen.Cli.Texts;
using QuantGen.Execution;
using QuantGen.Tasks;
using QuantGen.Training.Data;
using QuantGen.Vectors;

namespace QuantGen.Cli.Commands;

/// <summary>Writes the vectors of many texts, and says how well they are found again.</summary>
internal sealed class EmbedCommand : CliCommand
{
    private const int TextsAtOnce = 256;

    private readonly Argument<string> _path;
    private readonly Option<string?> _data;
    private readonly Option<string?> _queries;
    private readonly Option<string?> _output;
    private readonly Option<Int8Range?> _range;
    private readonly VectorOptions _vectors = new("--format");
    private readonly SessionOptions _session = new();
    private readonly EmbeddingOptions _embedding = new();

    public EmbedCommand(CliStreams streams)
        : base("embed", "Write the vectors of texts, and measure how well searches over them find what floats find.", streams)
    {
        _path = WithPath("FILE-OR-DIR", ModelPath.Description);
        _data = With(CliOption.Text("--data", "FILE", "Texts, one a line, or a TSV."));
        _data.Required = true;
        _queries = With(CliOption.Text(
            "--queries", "FILE", "Texts to search for: reports how many of the ten nearest by whole vectors in floats each format finds among its ten."));
        _output = With(CliOption.Text("--output", "FILE", "The vectors, as safetensors with a tensor 'vectors' of a row for each text.", "-o"));
        _range = With(CliOption.Choice<Int8Range>(
            "--int8-range", "What codes of 8 bits are spread over: the range of each vector, of all of them, or of each dimension.", Int8Range.Vector));
        _vectors.AddTo(this);
        _session.AddTo(this);
        _embedding.AddTo(this);
    }

    protected override void Execute(OptionValues values, Report report, CancellationToken cancellation)
    {
        string file = values.Get(_data)!;
        string? output = values.Get(_output);
        if (output is null && !values.Has(_queries))
        {
            throw new UsageException("embed needs --output, or --queries");
        }

        CheckpointFiles.RequireOther("--output", output, ("--data", file), ("--queries", values.Get(_queries)), ("the command", values.Get(_path)));
        if (output is not null)
        {
            CheckpointFiles.RequireNone(output);
        }

        IReadOnlyList<string> texts = TextFiles.Load(file);
        IReadOnlyList<string> queries = values.Get(_queries) is string path ? TextFiles.Load(path) : [];
        using InferenceSession session = _session.Loader(values).Load(ModelPath.Open(values.Get(_path), cancellation), cancellation);
        if (session.Spec.Head is not (BertHead.Encoder or BertHead.Embedding))
        {
            throw new UsageException($"embed needs a sentence encoder, and this model has the head {session.Spec.Head}");
        }

        EmbedOptions? embed = _embedding.Read(values, session.Spec.Head);
        bool isNormalized = session.Sentence.With(embed).Normalize;
        var call = new CallOptions { MaxLength = SessionOptions.Limit(values.Get(_session.MaxLength), session) };
        float[][] Vectors(IReadOnlyList<string> all) => report.WithProgress("embed", progress =>
        {
            var found = new List<float[]>(all.Count);
            foreach (string[] part in all.Chunk(TextsAtOnce))
            {
                found.AddRange(session.Embed([.. part.Select(text => new TextInput(text))], embed, call, cancellation));
                progress?.Report((double)found.Count / all.Count);
            }

            return found.ToArray();
        });
        float[][] whole = Vectors(texts);
        int dimensions = _vectors.Dimensions(values, session, embed) ?? whole[0].Length;
        float[][] kept = Cut(whole, dimensions, isNormalized);
        var stored = new StoredVectors(kept, _vectors.Format(values, session.Spec.Head), values.Get(_range) ?? Int8Range.Vector);
        if (output is not null)
        {
            stored.Save(output);
        }

        float[][] asked = queries.Count == 0 ? [] : Vectors(queries);
        Write(report, stored, asked.Length == 0 ? null : Recall.Measure(whole, kept, asked, Cut(asked, dimensions, isNormalized), stored.Range, cancellation));
    }

    private static float[][] Cut(float[][] vectors, int dimensions, bool normalize) =>
        vectors[0].Length == dimensions ? vectors : [.. vectors.Select(vector => VectorCodes.Truncate(vector, dimensions, normalize))];

    private static void Write(Report report, StoredVectors stored, IReadOnlyList<Recall>? recalls)
    {
        if (report.IsJson)
        {
            report.Json(new
            {
                Texts = stored.Count,
                stored.Dimensions,
                Format = CliOption.NameOf(stored.Format),
                stored.Bytes,
                Recall = recalls?.Select(recall => new
                {
                    Format = CliOption.NameOf(recall.Format), recall.Bytes, RecallAt10 = recall.At10, Rescored = recall.Rescored,
                }),
            });
            return;
        }

        string format = CliOption.NameOf(stored.Format);
        report.Line(string.Create(
            CultureInfo.InvariantCulture, $"{stored.Count} vectors of {stored.Dimensions} elements, {stored.Bytes:N0} bytes as {format}"));
        if (recalls is not null)
        {
            var table = new TextTable("format", "bytes", "recall@10", "with 40 rescored");
            foreach (Recall recall in recalls)
            {
                table.Add(
                    CliOption.NameOf(recall.Format), recall.Bytes.ToString("N0", CultureInfo.InvariantCulture),
                    recall.At10.ToString("0.0000", CultureInfo.InvariantCulture), recall.Rescored.ToString("0.0000", CultureInfo.InvariantCulture));
            }

            report.Table(table);
        }
    }
}
