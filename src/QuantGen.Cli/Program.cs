using System.Runtime.InteropServices;
using System.Text;
using QuantGen.Cli;

var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
Console.OutputEncoding = utf8;
using var input = new StreamReader(Console.OpenStandardInput(), utf8);
var streams = new CliStreams(input, Console.Out, Console.Error)
{
    HasInput = Console.IsInputRedirected,
    IsInteractive = !Console.IsOutputRedirected,
};
using var cancellation = new CancellationTokenSource();
using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal =>
{
    // The first one lets the work end cleanly; a second one ends the process, as if nobody listened.
    signal.Cancel = !cancellation.IsCancellationRequested;
    cancellation.Cancel();
});
return await CliApplication.RunAsync(args, streams, cancellation.Token);
