using BenchmarkDotNet.Attributes;
using QuantGen.Benchmarks.Reporting;
using QuantGen.Linear;

namespace QuantGen.Benchmarks.Suites;

/// <summary>Looking sums of activations up against multiplying, for the widths that can do both.</summary>
[Config(typeof(TablesAndProducts))]
public class TableBenchmarks : LinearKernelBenchmarks
{
    public static IEnumerable<int> Widths =>
        KernelRegistry.Widths.Where(bits => KernelRegistry.For(bits, isGrouped: false).Any(row => row.Kind == ProductKind.Tables));

    [ParamsSource(nameof(Widths), Priority = -1)]
    public int Bits { get; set; }

    protected override int WeightBits => Bits;
}
