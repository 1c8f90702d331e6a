using BenchmarkDotNet.Attributes;
using QuantGen.Benchmarks.Reporting;

namespace QuantGen.Benchmarks.Suites;

/// <summary>The kernels of every width and every instruction set of this machine.</summary>
[Config(typeof(InstructionSets))]
public class InstructionSetBenchmarks : LinearKernelBenchmarks
{
    [Params(1, 2, 3, 4, 5, 6, 7, 8, 32, Priority = -1)]
    public int Bits { get; set; }

    protected override int WeightBits => Bits;
}
