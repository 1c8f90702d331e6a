using BenchmarkDotNet.Configs;

namespace QuantGen.Benchmarks.Reporting;

/// <summary>A column of suites that read or write a file's bytes, or the codes of one.</summary>
public class ByteReport : ManualConfig
{
    public ByteReport() => AddColumn(FactColumn.Rate("GB/s", Fact.Bytes, 1e9, "0.0"));
}
