using BenchmarkDotNet.Configs;

namespace QuantGen.Benchmarks.Reporting;

/// <summary>A column of suites that work on tokens.</summary>
public class TokenReport : ManualConfig
{
    public TokenReport() => AddColumn(FactColumn.Rate("Mtokens/s", Fact.Tokens, 1e6, "0.000"));
}
