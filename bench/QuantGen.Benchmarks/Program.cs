using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using QuantGen.Benchmarks.Engines;
using QuantGen.Benchmarks.Maps;
using QuantGen.Benchmarks.Reporting;

if (args is [LinearMapsCommand.Verb, ..])
{
    return new LinearMapsCommand().Parse(args[1..]).Invoke();
}

if (args is [EnginesCommand.Verb, ..])
{
    return new EnginesCommand().Parse(args[1..]).Invoke();
}

try
{
    var arguments = new SuiteArguments(args);
    IEnumerable<Summary> summaries = BenchmarkSwitcher.FromAssembly(typeof(SuiteArguments).Assembly).Run(arguments.Rest, arguments.Config);
    return summaries.All(summary => !summary.HasCriticalValidationErrors && summary.Reports.All(report => report.Success)) ? 0 : 1;
}
catch (FileNotFoundException error)
{
    Console.Error.WriteLine(error.Message);
    return 2;
}
