using BenchmarkDotNet.Configs;

namespace QuantGen.Benchmarks.Reporting;

/// <summary>A column of suites whose operations take nanoseconds a token.</summary>
public class MillionTokenReport : ManualConfig
{
    public MillionTokenReport() => AddColumn(FactColumn.Rate("Mtokens/s", Fact.Tokens, 1e6, "0.0"));
}
