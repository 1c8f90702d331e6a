using System.CommandLine;

namespace QuantGen.Cli.Options;

/// <summary>The option that says from which probability on a label holds.</summary>
internal static class ThresholdOption
{
    public const double Default = 0.5;

    public static Option<double?> Create() => CliOption.OptionalReal(
        "--threshold", "Models of which any number of labels may hold: the probability from which on one does. [default: 0.5]", 0, 1);
}
