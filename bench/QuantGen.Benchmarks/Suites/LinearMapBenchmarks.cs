using BenchmarkDotNet.Attributes;
using QuantGen.Benchmarks.Data;
using QuantGen.Benchmarks.Reporting;

namespace QuantGen.Benchmarks.Suites;

/// <summary>All linear layers of BERT-base with cold weights on one thread; the command <c>linear-maps</c> prints the same within seconds.</summary>
[Config(typeof(KernelReport))]
public class LinearMapBenchmarks
{
    private LayerStack _stack = null!;

    [Params(1, 2, 3, 4, 8, 32)]
    public int Bits { get; set; }

    [Params(128, 16, 4, 1)]
    public int Tokens { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _stack = new LayerStack(Bits, Tokens, LayerStack.BertBase);
        KernelFacts.Tell(Bits, _stack.MultiplyAddsPerToken * Tokens, LinearMaps);
    }

    [GlobalCleanup]
    public void Cleanup() => _stack.Dispose();

    [Benchmark]
    public void LinearMaps() => _stack.Multiply(Tokens);
}
