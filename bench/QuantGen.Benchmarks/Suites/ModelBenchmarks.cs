using BenchmarkDotNet.Attributes;
using QuantGen.Benchmarks.Data;
using QuantGen.Benchmarks.Reporting;
using QuantGen.Cli.Measuring;
using QuantGen.Execution;

namespace QuantGen.Benchmarks.Suites;

/// <summary>Whole models on one sequence of random tokens.</summary>
[Config(typeof(TokenReport))]
public class ModelBenchmarks
{
    private InferenceSession _session = null!;
    private Workload _workload = null!;

    [Params("base", "minilm")]
    public string Model { get; set; } = "";

    [Params(1, 2, 4, 8, 32)]
    public int Bits { get; set; }

    [Params(16, 128, 512)]
    public int Tokens { get; set; }

    [Params(1, 2)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _session = BenchmarkModel.Loader(Threads).Load(BenchmarkModel.Create(Model, Bits), CancellationToken.None);
        _workload = Workload.Random(_session, Tokens, batch: 1, seed: 42);
        Fact.Tell(Fact.Tokens, Tokens);
    }

    [GlobalCleanup]
    public void Cleanup() => _session.Dispose();

    [Benchmark]
    public double Run() => _workload.RunOnce(CancellationToken.None);
}
