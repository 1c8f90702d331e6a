using System.CommandLine;
using QuantGen.Cli.Conventions;
using QuantGen.Tasks;

namespace QuantGen.Cli.Options;

/// <summary>The options by which texts come in: one after the other, or lines of standard input.</summary>
internal sealed class TextOptions
{
    private readonly Option<string[]> _texts = CliOption.Texts(
        "--text", "TEXT", "A text; may be repeated. Without it every line of standard input is a text, or a pair around a tab.");
    private readonly Option<string[]> _pairs = CliOption.Texts("--pair", "TEXT", "The second text of a pair; as many as --text.");

    public void AddTo(Command command)
    {
        command.Add(_texts);
        command.Add(_pairs);
    }

    /// <summary>Says whether texts are lines of standard input.</summary>
    public bool AreLines(OptionValues values) => values.Get(_texts) is not { Length: > 0 };

    /// <summary>Gets the texts; lines of standard input are read as they are wanted.</summary>
    /// <exception cref="UsageException">There are no texts, or not as many second ones.</exception>
    public IEnumerable<TextInput> Read(OptionValues values, CliStreams streams)
    {
        string[] texts = values.Get(_texts) ?? [];
        string[] pairs = values.Get(_pairs) ?? [];
        if (texts.Length == 0 && (pairs.Length > 0 || !streams.HasInput))
        {
            throw new UsageException(pairs.Length > 0 ? "--pair needs --text" : "there is no text; give --text, or a file on standard input");
        }

        if (texts.Length > 0 && pairs.Length > 0 && pairs.Length != texts.Length)
        {
            throw new UsageException(
                FormattableString.Invariant($"there are {texts.Length} --text and {pairs.Length} --pair; give as many of one as of the other"));
        }

        return texts.Length > 0 ? texts.Select((text, i) => new TextInput(text, pairs.Length > 0 ? pairs[i] : null)) : Lines(streams.Input);
    }

    private static IEnumerable<TextInput> Lines(TextReader input)
    {
        while (input.ReadLine() is string line)
        {
            int tab = line.IndexOf('\t');
            yield return tab < 0 ? new TextInput(line) : new TextInput(line[..tab], line[(tab + 1)..]);
        }
    }
}
