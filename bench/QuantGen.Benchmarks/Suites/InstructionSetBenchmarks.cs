using BenchmarkDotNet.Attributes;
using QuantGen.Benchmarks.Data;
using QuantGen.Benchmarks.Reporting;

namespace QuantGen.Benchmarks.Suites;

/// <summary>The kernels of every width and every instruction set of this machine.</summary>
[Config(typeof(InstructionSets))]
public class InstructionSetBenchmarks : LinearKernelBenchmarks
{
    public static IEnumerable<int> Widths => GeneratedKernel.Widths;

    [ParamsSource(nameof(Widths), Priority = -1)]
    public int Bits { get; set; }

    protected override int WeightBits => Bits;
}
