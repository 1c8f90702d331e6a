using BenchmarkDotNet.Attributes;
using QuantGen.Benchmarks.Data;

namespace QuantGen.Benchmarks.Suites;

/// <summary>Softmax over the scores of one head: as many rows as keys.</summary>
public class SoftmaxBenchmarks
{
    private float[] _scores = null!;

    [Params(16, 128, 512)]
    public int Length { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _scores = new float[Length * Length];
        RandomLayer.Fill(_scores, new Random(42));
    }

    // In place: from the second call on the input is the output of the one before, which takes as long.
    [Benchmark]
    public void Softmax() => Kernels.Softmax.Rows(ref _scores[0], Length, Length, Length);
}
