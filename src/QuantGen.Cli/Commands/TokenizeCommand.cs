using System.CommandLine;
using System.Globalization;
using QuantGen.Cli.Conventions;
using QuantGen.Cli.Models;
using QuantGen.Cli.Options;
using QuantGen.Cli.Reporting;
using QuantGen.Execution;
using QuantGen.Packed;
using QuantGen.Tasks;
using QuantGen.Tokenization;

namespace QuantGen.Cli.Commands;

/// <summary>Shows the tokens of texts.</summary>
internal sealed class TokenizeCommand : CliCommand
{
    private readonly Argument<string> _path;
    private readonly TextOptions _texts = new();

    public TokenizeCommand(CliStreams streams)
        : base("tokenize", "Show ids, pieces and offsets of texts.", streams)
    {
        _path = WithPath("DIR-OR-FILE", "A directory with vocab.txt or tokenizer.json, or a packed file.");
        _texts.AddTo(this);
    }

    protected override void Execute(OptionValues values, Report report, CancellationToken cancellation)
    {
        IEnumerable<TextInput> texts = _texts.Read(values, Streams);
        BertTokenizer tokenizer = Open(values.Get(_path));
        if (report.IsJson)
        {
            report.Json(texts.Select(text => Describe(text, tokenizer.Encode(text.Text, text.Pair))));
            return;
        }

        foreach (TextInput text in texts)
        {
            Write(report, tokenizer.Encode(text.Text, text.Pair));
        }
    }

    private static BertTokenizer Open(string path)
    {
        if (ModelPath.IsDirectory(path))
        {
            return BertTokenizer.FromDirectory(path);
        }

        using PackedModel model = PackedModel.Open(path);
        return BertTokenizer.FromVocabulary(model.Vocabulary.ToArray(), TokenizerSettings.Read(model.TokenizerJson, path), path);
    }

    private static object Describe(TextInput text, EncodedText encoding) => new
    {
        text.Text,
        text.Pair,
        Ids = encoding.Ids.ToArray(),
        TypeIds = encoding.TypeIds.ToArray().Select(type => (int)type),
        encoding.Tokens,
        Offsets = encoding.Offsets.ToArray().Select(offset => new[] { offset.Start, offset.End }),
    };

    private static void Write(Report report, EncodedText encoding)
    {
        var table = new TextTable("piece", "id", "type", "from", "to");
        for (int i = 0; i < encoding.Length; i++)
        {
            TextRange offset = encoding.Offsets[i];
            table.Add(encoding.Tokens[i], Number(encoding.Ids[i]), Number(encoding.TypeIds[i]), Number(offset.Start), Number(offset.End));
        }

        report.Table(table);
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
