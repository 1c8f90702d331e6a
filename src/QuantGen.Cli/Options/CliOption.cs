using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using QuantGen.Schemes;
using QuantGen.Specs;

namespace QuantGen.Cli.Options;

/// <summary>Makes options whose messages name the option, what is legal and what was given.</summary>
internal static class CliOption
{
    // What an option's value is called in the help says what it is; outputs are tried where they are written.
    private static readonly string[] s_files = ["FILE", "TSV", "config.json", "vocab.txt"];
    private static readonly string[] s_outputs = ["--output", "--log"];

    /// <summary>Says whether an option names a file that is read.</summary>
    public static bool ReadsFile(Option option) => s_files.Contains(option.HelpName) && !s_outputs.Contains(option.Name);

    /// <summary>Says whether an option names a directory that is read.</summary>
    public static bool ReadsDirectory(Option option) => option.HelpName == "DIR" && !s_outputs.Contains(option.Name);

    /// <summary>Makes an option for a whole number that may be absent.</summary>
    public static Option<int?> OptionalNumber(string name, string description, int least, int most = int.MaxValue) => new(name)
    {
        Description = description,
        HelpName = "N",
        CustomParser = result => ParseNumber(result, name, least, most),
    };

    /// <summary>Makes an option for one of few numbers, which may be absent.</summary>
    public static Option<int?> OneOf(string name, string description, params int[] legal) => new(name)
    {
        Description = description,
        HelpName = "N",
        CustomParser = result => ParseOneOf(result, name, legal),
    };

    /// <summary>Makes an option for a whole number with a default.</summary>
    public static Option<int> Number(string name, string description, int absent, int least, int most = int.MaxValue) => new(name)
    {
        Description = description,
        HelpName = "N",
        DefaultValueFactory = _ => absent,
        CustomParser = result => ParseNumber(result, name, least, most) ?? absent,
    };

    /// <summary>Makes an option for a number that may be absent.</summary>
    public static Option<double?> OptionalReal(string name, string description, double least, double most) => new(name)
    {
        Description = description,
        HelpName = "X",
        CustomParser = result => ParseReal(result, name, least, most),
    };

    /// <summary>Makes an option for one of few words, which may be absent.</summary>
    public static Option<string?> OneOf(string name, string description, params string[] legal) => new(name)
    {
        Description = $"{description} One of: {string.Join(", ", legal)}.",
        HelpName = "NAME",
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (legal.Contains(text, StringComparer.OrdinalIgnoreCase))
            {
                return text.ToLowerInvariant();
            }

            result.AddError($"{name} takes {string.Join(" or ", legal)}, and it is '{text}'");
            return null;
        },
    };

    /// <summary>Makes an option for a text that may be absent.</summary>
    public static Option<string?> Text(string name, string helpName, string description, params string[] aliases) => new(name, aliases)
    {
        Description = description,
        HelpName = helpName,
    };

    /// <summary>Makes an option for a device, which may be absent: <c>cpu</c> or <c>cuda:N</c>, of which <c>cuda</c> is the first.</summary>
    public static Option<string?> Device(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "DEVICE",
        CustomParser = result => ParseDevice(result, name),
    };

    /// <summary>Makes an option that may be given several times.</summary>
    public static Option<string[]> Texts(string name, string helpName, string description) => new(name)
    {
        Description = description,
        HelpName = helpName,
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
    };

    /// <summary>Makes an option for a member of an enum; without a default it may be absent.</summary>
    public static Option<T?> Choice<T>(string name, string description, T? absent)
        where T : struct, Enum
    {
        // The library would print a default as the enum spells it.
        string suffix = absent is T value ? $" [default: {NameOf(value)}]" : string.Empty;
        var option = new Option<T?>(name)
        {
            Description = $"{description} One of: {Names<T>(", ")}.{suffix}",
            HelpName = "NAME",
            CustomParser = result => ParseChoice<T>(result, name),
        };
        option.CompletionSources.Add(_ => Enum.GetValues<T>().Select(member => new System.CommandLine.Completions.CompletionItem(NameOf(member))));
        return option;
    }

    /// <summary>Makes an option for a scheme by the names of its table, or by that of the paper's method; without a default it may be absent.</summary>
    public static Option<Scheme?> Scheme(string name, string description, Scheme? absent)
    {
        string suffix = absent is Scheme value ? $" [default: {WeightSchemes.Of(value).Name}]" : string.Empty;
        var option = new Option<Scheme?>(name)
        {
            Description = $"{description} One of: {SchemeNames(", ")}.{suffix}",
            HelpName = "NAME",
            CustomParser = result => ParseScheme(result, name),
        };
        option.CompletionSources.Add(_ => WeightSchemes.All.Select(row => new System.CommandLine.Completions.CompletionItem(row.Name)));
        return option;
    }

    /// <summary>Gets the name of an enum's member on the command line: <c>PerToken</c> is <c>per-token</c>.</summary>
    public static string NameOf<T>(T value)
        where T : struct, Enum => SpecNames.Of(value).Replace('_', '-');

    private static int? ParseNumber(ArgumentResult result, string name, int least, int most)
    {
        string text = result.Tokens[0].Value;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most)
        {
            return number;
        }

        string range = most == int.MaxValue
            ? string.Create(CultureInfo.InvariantCulture, $"a whole number from {least}")
            : string.Create(CultureInfo.InvariantCulture, $"a whole number from {least} to {most}");
        result.AddError($"{name} takes {range}, and it is '{text}'");
        return null;
    }

    private static double? ParseReal(ArgumentResult result, string name, double least, double most)
    {
        string text = result.Tokens[0].Value;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && number >= least && number <= most)
        {
            return number;
        }

        result.AddError(string.Create(CultureInfo.InvariantCulture, $"{name} takes a number from {least} to {most}, and it is '{text}'"));
        return null;
    }

    private static int? ParseOneOf(ArgumentResult result, string name, int[] legal)
    {
        string text = result.Tokens[0].Value;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && legal.Contains(number))
        {
            return number;
        }

        result.AddError($"{name} takes {string.Join(", ", legal[..^1])} or {legal[^1]}, and it is '{text}'");
        return null;
    }

    private static string? ParseDevice(ArgumentResult result, string name)
    {
        const string Gpu = "cuda";
        string text = result.Tokens[0].Value.ToLowerInvariant();
        if (text == "cpu"
            || (text.StartsWith(Gpu + ":", StringComparison.Ordinal)
                && byte.TryParse(text[(Gpu.Length + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out _)))
        {
            return text;
        }

        if (text == Gpu)
        {
            return Gpu + ":0";
        }

        result.AddError($"{name} takes cpu, cuda or cuda:N, and it is '{result.Tokens[0].Value}'");
        return null;
    }

    private static T? ParseChoice<T>(ArgumentResult result, string name)
        where T : struct, Enum
    {
        string text = result.Tokens[0].Value;
        foreach (T value in Enum.GetValues<T>())
        {
            // 'minmax', 'min-max' and the 'min_max' of JSON files are one.
            if (IsSame(NameOf(value), text))
            {
                return value;
            }
        }

        result.AddError($"{name} takes {Names<T>(" or ")}, and it is '{text}'");
        return null;
    }

    private static Scheme? ParseScheme(ArgumentResult result, string name)
    {
        string text = result.Tokens[0].Value;
        if (WeightSchemes.All.FirstOrDefault(row => IsSame(row.Name, text) || (row.Method is not null && IsSame(row.Method, text))) is SchemeTraits traits)
        {
            return traits.Scheme;
        }

        result.AddError($"{name} takes {SchemeNames(" or ")}, and it is '{text}'");
        return null;
    }

    private static string SchemeNames(string separator) =>
        string.Join(separator, WeightSchemes.All.Select(row => row.Method is null ? row.Name : $"{row.Name} ({row.Method})"));

    private static bool IsSame(string name, string text) => string.Equals(Plain(name), Plain(text), StringComparison.OrdinalIgnoreCase);

    private static string Names<T>(string separator)
        where T : struct, Enum => string.Join(separator, Enum.GetValues<T>().Select(NameOf));

    private static string Plain(string name) => name.Replace("-", string.Empty).Replace("_", string.Empty);
}
