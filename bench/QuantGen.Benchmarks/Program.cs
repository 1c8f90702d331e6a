using BenchmarkDotNet.Running;
using QuantGen.Benchmarks.Maps;
using QuantGen.Benchmarks.Reporting;

if (args is [LinearMapsCommand.Verb, ..])
{
    return new LinearMapsCommand().Parse(args[1..]).Invoke();
}

var arguments = new SuiteArguments(args);
return BenchmarkSwitcher.FromAssembly(typeof(SuiteArguments).Assembly).Run(arguments.Rest, arguments.Config)
    .All(summary => !summary.HasCriticalValidationErrors && summary.Reports.All(report => report.Success)) ? 0 : 1;
