using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Globalization;
using QuantGen.Cli.Commands;
using QuantGen.Cli.Conventions;

namespace QuantGen.Cli;

/// <summary>The tool's entry: parses a command line, runs it and turns whatever happens into an exit code.</summary>
public static class CliApplication
{
    /// <summary>Runs one command line.</summary>
    /// <param name="args">The arguments, without the tool's name.</param>
    /// <param name="streams">Where to read and write.</param>
    /// <param name="cancellation">Ends the work between two steps of it.</param>
    /// <returns>0 for success, 1 for failure, 2 for misuse, 130 when interrupted.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, CliStreams streams, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(args);
        ArgumentNullException.ThrowIfNull(streams);
        var verbose = new Option<bool>("--verbose") { Description = "Print the stack trace of a failure.", Recursive = true };

        // A text may start with an '@', so response files are off.
        ParseResult parse = Root(streams, verbose).Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parse.Action is ParseErrorAction)
        {
            return Fail(streams, FirstError(parse) + Hint(parse), ExitCode.Misuse);
        }

        try
        {
            var configuration = new InvocationConfiguration
            {
                Output = streams.Output,
                Error = streams.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            };
            return await parse.InvokeAsync(configuration, cancellation);
        }
        catch (OperationCanceledException)
        {
            return Fail(streams, "interrupted", ExitCode.Interrupted);
        }
        catch (Exception error) when (parse.GetValue(verbose))
        {
            await streams.Error.WriteLineAsync(error.ToString());
            return CodeOf(error);
        }
        catch (Exception thrown)
        {
            Exception error = thrown is AggregateException several ? several.Flatten().InnerExceptions[0] : thrown;
            string hint = error is UsageException ? Hint(parse) : string.Empty;
            return Fail(streams, MessageOf(error) + hint, CodeOf(error));
        }
    }

    private static Command Root(CliStreams streams, Option<bool> verbose)
    {
        // A plain command with the tool's name: a root command takes the name of whatever file is being run.
        var root = new Command(
            "quantgen", "Quantized BERT, ALBERT, DistilBERT and ELECTRA for .NET: train a model, distill or quantize it, measure it, run it and compile it.")
        {
            new HelpOption(),
            new VersionOption(),
            verbose,
            new InspectCommand(streams),
            new ImportCommand(streams),
            new QuantizeCommand(streams),
            new RecipeCommand(streams),
            new LandscapeCommand(streams),
            new VocabularyCommand(streams),
            TrainCommand.Train(streams),
            new DistillCommand(streams),
            TrainCommand.Pretrain(streams),
            new TokenizeCommand(streams),
            new RunCommand(streams),
            new RankCommand(streams),
            new EvaluateCommand(streams),
            new EmbedCommand(streams),
            new CompareCommand(streams),
            new BenchCommand(streams),
            new BuildCommand(streams),
        };
        return root;
    }

    private static int CodeOf(Exception error) => error is UsageException ? ExitCode.Misuse : ExitCode.Failure;

    // What is misspelt explains more than what is therefore missing.
    private static string FirstError(ParseResult parse) =>
        (parse.Errors.FirstOrDefault(error => parse.UnmatchedTokens.Any(token => error.Message.Contains($"'{token}'", StringComparison.Ordinal)))
            ?? parse.Errors[0]).Message;

    private static string Hint(ParseResult parse)
    {
        string command = parse.CommandResult == parse.RootCommandResult ? string.Empty : parse.CommandResult.Command.Name + " ";
        return $" (see 'quantgen {command}--help')";
    }

    // The library's exceptions speak of its own options; on the command line a text that is too long has another remedy.
    private static string MessageOf(Exception error) => error is SequenceTooLongException tooLong
        ? string.Create(
            CultureInfo.InvariantCulture,
            $"text {tooLong.Index + 1} has {tooLong.Length} tokens, and this model takes at most {tooLong.MaxLength}; " +
                $"truncate with --max-length {tooLong.MaxLength}")
        : error.Message;

    private static int Fail(CliStreams streams, string message, int code)
    {
        streams.Error.WriteLine(
            "quantgen: " + string.Join(' ', message.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)));
        return code;
    }
}
