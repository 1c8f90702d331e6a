using BenchmarkDotNet.Configs;

namespace QuantGen.Benchmarks.Reporting;

/// <summary>A column of suites whose operations take microseconds a token.</summary>
public class TokenReport : ManualConfig
{
    public TokenReport() => AddColumn(FactColumn.Rate("tokens/s", Fact.Tokens, 1, "0"));
}
