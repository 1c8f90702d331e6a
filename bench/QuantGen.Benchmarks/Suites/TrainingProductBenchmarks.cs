using BenchmarkDotNet.Attributes;
using QuantGen.Benchmarks.Data;
using QuantGen.Benchmarks.Reporting;
using QuantGen.Linear;
using QuantGen.Trainable;

namespace QuantGen.Benchmarks.Suites;

/// <summary>
/// The three products of training, of which a step mostly consists: 2,048 tokens through a layer of 1,024 by 1,024. The roofline is that of one thread.
/// </summary>
[Config(typeof(KernelReport))]
public class TrainingProductBenchmarks
{
    private const int Count = 2048;
    private const int Size = 1024;
    private float[] _x = null!;
    private float[] _w = null!;
    private float[] _y = null!;
    private TrainingTeam _team = null!;
    private Products _products = null!;

    [Params(1, 2)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(42);
        (_x, _w, _y) = (new float[Count * Size], new float[Size * Size], new float[Count * Size]);
        RandomLayer.Fill(_x, random);
        RandomLayer.Fill(_w, random);
        _team = new TrainingTeam(Threads);
        _products = new Products(_team);
        Fact.Tell(Fact.InstructionSet, MultiplyUnits.Floats.ToString());
        Fact.Tell(Fact.MultiplyAdds, (double)Count * Size * Size);
        Fact.Tell(Fact.Roofline, Roofline.Measure(MultiplyUnits.Floats, 32));
    }

    [GlobalCleanup]
    public void Cleanup() => _team.Dispose();

    [Benchmark]
    public void Forward() => _products.Forward(new(_x, 0, Size), Count, new(_w, 0, Size), Size, Size, new(_y, 0, Size), default);

    [Benchmark]
    public void InputGradient() => _products.InputGradient(new(_x, 0, Size), Count, new(_w, 0, Size), null, Size, Size, new(_y, 0, Size), accumulate: false);

    [Benchmark]
    public void WeightGradient() => _products.WeightGradient(new(_x, 0, Size), new(_y, 0, Size), null, Count, Size, Size, new(_w, 0, Size));
}
