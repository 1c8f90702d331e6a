using BenchmarkDotNet.Attributes;
using QuantGen.Benchmarks.Reporting;

namespace QuantGen.Benchmarks.Suites;

/// <summary>Looking sums of activations up against multiplying, for the widths that can do both.</summary>
[Config(typeof(TablesAndProducts))]
public class TableBenchmarks : LinearKernelBenchmarks
{
    [Params(1, 2, Priority = -1)]
    public int Bits { get; set; }

    protected override int WeightBits => Bits;
}
