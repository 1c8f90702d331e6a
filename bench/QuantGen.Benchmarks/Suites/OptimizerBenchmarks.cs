using BenchmarkDotNet.Attributes;
using QuantGen.Benchmarks.Data;
using QuantGen.Benchmarks.Reporting;
using QuantGen.Trainable;
using QuantGen.Training.Optimization;

namespace QuantGen.Benchmarks.Suites;

/// <summary>
/// A step of AdamW with decay over the parameters of MiniLM and BERT-base, where batches have up to 2,545 of 30,522 words: always the same ones, or any, so
/// that all rows have moments after a while, as where every row goes through the whole optimizer.
/// </summary>
[Config(typeof(ByteReport))]
public class OptimizerBenchmarks
{
    private const int Words = 30522;
    private const int Tokens = 2545;
    private readonly int[] _rows = new int[Tokens];
    private Parameter[] _parameters = null!;
    private AdamOptimizer _optimizer = null!;
    private float[] _gradients = null!;

    [Params(384, 768)]
    public int Hidden { get; set; }

    [Params(1, 2)]
    public int Threads { get; set; }

    /// <summary>Gets or sets whether all words had a gradient before.</summary>
    [Params(false, true)]
    public bool AllWords { get; set; }

    private Parameter WordEmbedding => _parameters[0];

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(42);
        int layers = Hidden / 64;
        _parameters =
        [
            new Parameter("words", ParameterKind.Embedding, Words, Hidden),
            .. Enumerable.Range(0, layers).Select(layer => new Parameter($"layer {layer}", ParameterKind.Weight, 12 * Hidden, Hidden)),
        ];
        foreach (Parameter parameter in _parameters)
        {
            RandomLayer.Fill(parameter.Values, random);
        }

        for (int i = 0; i < Tokens; i++)
        {
            _rows[i] = random.Next(Words);
        }

        _gradients = new float[_parameters[^1].Values.Length];
        RandomLayer.Fill(_gradients, random);
        _optimizer = new AdamOptimizer(_parameters, new OptimizerOptions(), Threads);
        WordEmbedding.Gradients.AsSpan().Fill(AllWords ? 1e-3f : 0f);
        _optimizer.Step(1);
        Fact.Tell(Fact.Bytes, 32.0 * _parameters.Sum(parameter => (long)parameter.Values.Length));
    }

    [IterationSetup]
    public void Backward()
    {
        foreach (int row in _rows)
        {
            _gradients.AsSpan(0, Hidden).CopyTo(WordEmbedding.Gradients.AsSpan(row * Hidden));
        }

        foreach (Parameter parameter in _parameters.Skip(1))
        {
            _gradients.CopyTo(parameter.Gradients, 0);
        }
    }

    [Benchmark]
    public void Step() => _optimizer.Step(1);
}
