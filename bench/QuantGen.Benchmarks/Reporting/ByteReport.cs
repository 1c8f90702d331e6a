using BenchmarkDotNet.Configs;

namespace QuantGen.Benchmarks.Reporting;

/// <summary>A column of suites that move bytes: those they read and write, of whatever is larger.</summary>
public class ByteReport : ManualConfig
{
    public ByteReport() => AddColumn(FactColumn.Rate("GB/s", Fact.Bytes, 1e9, "0.0"));
}
