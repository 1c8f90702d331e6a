using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Globalization;
using QuantGen.Benchmarks.Data;
using QuantGen.Cli.Options;

namespace QuantGen.Benchmarks.Maps;

/// <summary>The command <c>linear-maps</c>: one table within seconds, without the processes that BenchmarkDotNet starts.</summary>
internal sealed class LinearMapsCommand : Command
{
    public const string Verb = "linear-maps";

    private const int MostTokens = 4096;
    private static readonly int[] s_tokens = [128, 16, 4, 1];
    private readonly Option<int[]> _tokens = Numbers(
        "--tokens", "Tokens of a pass.", s_tokens, n => n is >= 1 and <= MostTokens, $"numbers from 1 to {MostTokens}");
    private readonly Option<int[]> _bits = Numbers(
        "--bits", "Bits of a weight.", GeneratedKernel.Widths, GeneratedKernel.Widths.Contains, string.Join(", ", GeneratedKernel.Widths));
    private readonly Option<int> _runs = CliOption.Number("--runs", "Rounds to take the median of.", 30, least: 1, most: 1_000_000);

    public LinearMapsCommand()
        : base(Verb, "Time the linear maps of BERT-base with cold weights on one thread.")
    {
        Add(_tokens);
        Add(_bits);
        Add(_runs);
        Add(new HelpOption());
        SetAction(parse => LinearMapsTable.Write(
            parse.GetValue(_bits) is { Length: > 0 } bits ? bits : GeneratedKernel.Widths,
            parse.GetValue(_tokens) is { Length: > 0 } tokens ? tokens : s_tokens,
            parse.GetValue(_runs),
            Console.Out));
    }

    private static Option<int[]> Numbers(string name, string description, IReadOnlyList<int> absent, Func<int, bool> isLegal, string legal) => new(name)
    {
        // The library would print a default with other separators than it takes.
        Description = $"{description} [default: {string.Join(',', absent)}]",
        HelpName = "N,N",
        CustomParser = result => Parse(result, name, isLegal, legal),
    };

    private static int[] Parse(ArgumentResult result, string name, Func<int, bool> isLegal, string legal)
    {
        string text = result.Tokens[0].Value;
        var numbers = new List<int>();
        foreach (string part in text.Split(','))
        {
            if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int number) || !isLegal(number))
            {
                result.AddError($"{name} takes, separated by commas, {legal}, and it is '{text}'");
                return [];
            }

            numbers.Add(number);
        }

        return [.. numbers];
    }
}
