using BenchmarkDotNet.Attributes;
using QuantGen.Benchmarks.Data;
using QuantGen.Benchmarks.Reporting;
using QuantGen.Linear;

namespace QuantGen.Benchmarks.Suites;

/// <summary>One head of attention over one sequence, against the roofline of fused multiply-adds.</summary>
[Config(typeof(KernelReport))]
public class AttentionBenchmarks
{
    private const int Hidden = 768;
    private float[] _input = null!;
    private float[] _context = null!;
    private float[] _scratch = null!;

    [Params(16, 128, 512)]
    public int Length { get; set; }

    [Params(64, 32)]
    public int HeadSize { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        // Query, key and value of a token stand side by side.
        _input = new float[Length * 3 * Hidden];
        RandomLayer.Fill(_input, new Random(42));
        _context = new float[Length * Hidden];
        _scratch = new float[Kernels.Attention.ScratchFloats(Length, HeadSize)];
        Fact.Tell(Fact.InstructionSet, MultiplyUnits.Floats.ToString());
        Fact.Tell(Fact.MultiplyAdds, 2.0 * Length * Length * HeadSize);
        Fact.Tell(Fact.Roofline, Roofline.Measure(MultiplyUnits.Floats, 32));
    }

    [Benchmark]
    public void Attention() => Kernels.Attention.Run(
        ref _input[0], ref _input[Hidden], ref _input[2 * Hidden], 3 * Hidden, Length, Length, HeadSize, 1 / MathF.Sqrt(HeadSize),
        ref _scratch[0], ref _context[0], Hidden);
}
