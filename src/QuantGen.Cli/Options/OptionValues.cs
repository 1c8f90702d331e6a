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

    /// <summary>Gets what the command line says of an option, value by value: none where it says nothing, an empty text where the option has no
    /// value.</summary>
    public IReadOnlyList<string> Given(Option option) => !Has(option) ? []
        : parse.GetResult(option)!.Tokens is { Count: > 0 } tokens ? [.. tokens.Select(token => token.Value)] : [string.Empty];

    /// <summary>Gets the first thing that no command line may say, in one line; null where there is none.</summary>
    public string? FirstError => parse.Errors.Count > 0 ? parse.Errors[0].Message : null;
}
