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
return await CliApplication.RunAsync(args, streams);
