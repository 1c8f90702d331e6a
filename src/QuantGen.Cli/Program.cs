using System.Runtime.InteropServices;
using System.Text;
using QuantGen.Cli;
using QuantGen.Cli.Conventions;

var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
Console.OutputEncoding = utf8;
using var input = new StreamReader(Console.OpenStandardInput(), utf8);
var streams = new CliStreams(input, Console.Out, Console.Error)
{
    HasInput = Console.IsInputRedirected,
    IsInteractive = !Console.IsOutputRedirected,
};
using var cancellation = new CancellationTokenSource();
long firstSignal = long.MaxValue;
using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal =>
{
    // The first one lets the work end cleanly; one a second later ends the process, as if nobody listened. Some programs send the first one twice.
    const int MillisecondsApart = 1000;
    firstSignal = Math.Min(firstSignal, Environment.TickCount64);
    signal.Cancel = Environment.TickCount64 - firstSignal < MillisecondsApart;
    cancellation.Cancel();
});
return await CliApplication.RunAsync(args, streams, cancellation.Token);
