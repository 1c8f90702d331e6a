using System.CommandLine;
using QuantGen.Cli.Options;
using QuantGen.Peers.Racing;

namespace QuantGen.Peers.Tokenizers;

/// <summary>Lets tokenizers take turns with a file of text.</summary>
internal sealed class TokenizersCommand : Command
{
    public TokenizersCommand()
        : base("tokenizers", "Times QuantGen's tokenizer beside others on one thread, line by line, and compares their ids.")
    {
        Option<string?> text = CliOption.Text("--text", "FILE", "The text; of a table only the first column.");
        Option<string?> vocabulary = CliOption.Text("--vocabulary", "FILE", "The vocab.txt of a BERT model without upper case.");
        Option<int> runs = CliOption.Number("--runs", "Timed runs of each tokenizer, after a warm-up.", 7, least: 1);
        (text.Required, vocabulary.Required) = (true, true);
        Add(text);
        Add(vocabulary);
        Add(runs);
        SetAction((parse, cancellation) =>
        {
            Run(parse.GetValue(text)!, parse.GetValue(vocabulary)!, parse.GetValue(runs), cancellation);
            return Task.FromResult(0);
        });
    }

    private static void Run(string text, string vocabulary, int runs, CancellationToken cancellation)
    {
        IReadOnlyList<TextLine> lines = TextLine.Read(text);
        LineTokenizer[] tokenizers =
        [
            new OurLineTokenizer(lines, vocabulary), new FastLineTokenizer(lines, vocabulary), new MicrosoftLineTokenizer(lines, vocabulary),
        ];
        var turns = new Turns(runs, WarmUps: 2, Burst: 1, PauseMs: 0);
        Console.WriteLine(TokenizerRow.Write(TokenizerRow.Measure(tokenizers, lines, turns, cancellation)));
    }
}
