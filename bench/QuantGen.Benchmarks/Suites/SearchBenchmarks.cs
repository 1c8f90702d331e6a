using BenchmarkDotNet.Attributes;
using QuantGen.Samples.Search;
using QuantGen.Vectors;

namespace QuantGen.Benchmarks.Suites;

/// <summary>A question of a user, from its characters to the ten nearest of 10,000 vectors, by the search sample's own model on one thread.</summary>
public class SearchBenchmarks : IDisposable
{
    private const int Documents = 10_000;
    private static readonly string[] s_questions =
    [
        "which licence does it have", "how do I train a model on a GPU", "is it faster than ONNX Runtime on my machine", "two bits",
        "what happens to a text that is longer than the model takes, and who is told about it",
    ];

    private readonly SearchHit[] _hits = new SearchHit[10];
    private MiniLm _model = null!;
    private VectorIndex _index = null!;
    private int _next;

    [ParamsAllValues]
    public VectorFormat Format { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _model = DocumentSearch.LoadModel(threads: 1);

        // Only the questions' own vectors have to mean something: a search looks at all of them, whatever they are.
        float[] seed = _model.Embed(s_questions[0]);
        var random = new Random(1);
        _index = VectorIndex.Create([.. Enumerable.Range(0, Documents).Select(_ => Array.ConvertAll(seed, x => x + (random.NextSingle() / 10)))], Format);
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _model?.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark]
    public int Find() => _index.Search(_model.Embed(s_questions[_next++ % s_questions.Length]), _hits);
}
