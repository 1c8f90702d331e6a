using System.CommandLine;
using QuantGen.Training.Data;

namespace QuantGen.Cli.Options;

/// <summary>The options that say which columns of a table are texts and labels.</summary>
internal sealed class ColumnOptions
{
    private readonly Option<string?> _text = CliOption.Text(
        "--text-column", "NAME", "The column of the text, in TSV, CSV (.csv) and lines of JSON (.jsonl). [default: sentence, text, sentence1 or query]");
    private readonly Option<string?> _pair = CliOption.Text(
        "--pair-column", "NAME", "The column of the second text of a pair. [default: sentence2, pair, text_pair or document, or none]");
    private readonly Option<string?> _label = CliOption.Text(
        "--label-column", "NAMES",
        "The column of the label; several, joined by commas, are labels that hold (1) or not (0). [default: label, labels or score]");

    public void AddTo(Command command)
    {
        command.Add(_text);
        command.Add(_pair);
        command.Add(_label);
    }

    /// <summary>Gets what the command line says.</summary>
    /// <param name="values">The command line.</param>
    /// <param name="hasManyLabels">Whether a row may have any number of labels.</param>
    public TableOptions Read(OptionValues values, bool hasManyLabels) => new()
    {
        TextColumn = values.Get(_text),
        PairColumn = values.Get(_pair),
        LabelColumns = values.Get(_label)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [],
        HasManyLabels = hasManyLabels,
    };
}
