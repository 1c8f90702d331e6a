using System.CommandLine;

namespace QuantGen.Cli.Options;

/// <summary>The option that says what a classifier's or a reranker's outputs go through.</summary>
internal sealed class ActivationOption
{
    private const string None = "none";
    private const string Sigmoid = "sigmoid";

    private readonly Option<string?> _activation = CliOption.OneOf(
        "--activation", "Classifiers and rerankers: what outputs go through, where it shall be otherwise than the model says.", None, Sigmoid);

    public void AddTo(Command command) => command.Add(_activation);

    /// <summary>Gets what the command line asks for; null for nothing.</summary>
    public OutputActivation? Read(OptionValues values) => values.Get(_activation) switch
    {
        null => null,
        None => OutputActivation.Usual,
        _ => OutputActivation.Sigmoid,
    };
}
