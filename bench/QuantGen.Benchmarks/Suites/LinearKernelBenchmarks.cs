using BenchmarkDotNet.Attributes;
using QuantGen.Benchmarks.Data;

namespace QuantGen.Benchmarks.Suites;

/// <summary>One linear layer of BERT-base by the generated kernels, against the roofline of their multiply instructions.</summary>
/// <remarks>The layer is the same in every call: as much of it as fits stays in the caches. <see cref="LinearMapBenchmarks"/> has cold weights.</remarks>
public abstract class LinearKernelBenchmarks
{
    private LayerStack _layer = null!;

    public static IEnumerable<MatrixShape> Shapes => LayerStack.Shapes;

    [Params(1, 4, 16, 128)]
    public int Tokens { get; set; }

    [ParamsSource(nameof(Shapes))]
    public MatrixShape Shape { get; set; } = LayerStack.Shapes[0];

    protected abstract int WeightBits { get; }

    [GlobalSetup]
    public void Setup()
    {
        _layer = new LayerStack(WeightBits, Tokens, [Shape]);
        KernelFacts.Tell(WeightBits, Shape.MultiplyAdds * Tokens, Linear);
    }

    [GlobalCleanup]
    public void Cleanup() => _layer.Dispose();

    [Benchmark]
    public void Linear() => _layer.Multiply(Tokens);
}
