using System.CommandLine;

namespace QuantGen.Cli.Options;

/// <summary>What one command line says.</summary>
internal sealed class OptionValues(ParseResult parse)
{
    public T Get<T>(Argument<T> argument) => parse.GetValue(argument)!;

    /// <summary>Gets an option's value or default; for an option without a default, the default of its type.</summary>
    public T? Get<T>(Option<T> option) => parse.GetValue(option);

    /// <summary>Says whether the command line names the option, rather than leaving it at its default.</summary>
    public bool Has(Option option) => parse.GetResult(option) is { Implicit: false };
}
