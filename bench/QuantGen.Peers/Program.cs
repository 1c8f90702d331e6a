using System.CommandLine;
using Microsoft.ML.OnnxRuntime;
using QuantGen.Cli.Conventions;
using QuantGen.Peers.Tokenizers;
using QuantGen.Training;

namespace QuantGen.Peers;

/// <summary>Compares QuantGen with its peers, which take turns with it in this process.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        var command = new RaceCommand(args) { new TokenizersCommand() };
        try
        {
            return await command.Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("peers: interrupted");
            return ExitCode.Interrupted;
        }
        catch (Exception error) when (IsExpected(error))
        {
            await Console.Error.WriteLineAsync("peers: " + error.Message);
            return ExitCode.Failure;
        }
    }

    private static bool IsExpected(Exception error) => error is IOException or InvalidOperationException or InvalidDataException or UsageException
        or UnauthorizedAccessException or ModelFormatException or DataFormatException or OnnxRuntimeException;
}
