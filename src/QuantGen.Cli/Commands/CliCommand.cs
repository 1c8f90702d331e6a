using System.CommandLine;
using QuantGen.Cli.Conventions;
using QuantGen.Cli.Options;
using QuantGen.Cli.Reporting;

namespace QuantGen.Cli.Commands;

/// <summary>A command that reports either to people or as JSON.</summary>
internal abstract class CliCommand : Command
{
    protected CliCommand(string name, string description, CliStreams streams)
        : base(name, description)
    {
        Add(Json);
        Streams = streams;

        // On a thread of its own, so that an interruption is noticed while the work goes on.
        SetAction((parse, cancellation) => Task.Run(
            () =>
            {
                RequireKinds(parse);
                Execute(new OptionValues(parse), new Report(streams, parse.GetValue(Json)), cancellation);
                return ExitCode.Success;
            },
            cancellation));
    }

    protected CliStreams Streams { get; }

    protected Option<bool> Json { get; } = new("--json") { Description = "Print JSON and nothing else." };

    /// <summary>Does the work.</summary>
    protected abstract void Execute(OptionValues values, Report report, CancellationToken cancellation);

    // What cannot be opened for being the other kind would fail with a message of the system that says something else.
    private void RequireKinds(ParseResult parse)
    {
        foreach (Option option in Options.Where(option => CliOption.ReadsFile(option) || CliOption.ReadsDirectory(option)))
        {
            foreach (string path in parse.GetResult(option)?.Tokens.Select(token => token.Value) ?? [])
            {
                if (CliOption.ReadsFile(option) && Directory.Exists(path))
                {
                    throw new UsageException($"{option.Name} takes a file, and {path} is a directory");
                }

                if (CliOption.ReadsDirectory(option) && File.Exists(path))
                {
                    throw new UsageException($"{option.Name} takes a directory, and {path} is a file");
                }
            }
        }
    }

    /// <summary>Adds an option and returns it.</summary>
    protected T With<T>(T option)
        where T : Option
    {
        Add(option);
        return option;
    }

    /// <summary>Adds a required argument and returns it.</summary>
    protected Argument<string> WithPath(string name, string description)
    {
        var argument = new Argument<string>(name) { Description = description };
        Add(argument);
        return argument;
    }
}
