using BenchmarkDotNet.Attributes;
using QuantGen.Benchmarks.Data;
using QuantGen.Benchmarks.Reporting;
using QuantGen.Tokenization;

namespace QuantGen.Benchmarks.Suites;

/// <summary>Tokenization of a text file on one thread, line by line. At least 15 million tokens a second are expected of it.</summary>
[Config(typeof(MillionTokenReport))]
public class TokenizationBenchmarks
{
    private const int Room = 4096;
    private readonly int[] _ids = new int[Room];
    private readonly byte[] _types = new byte[Room];
    private string[] _lines = null!;
    private BertTokenizer _tokenizer = null!;

    [GlobalSetup]
    public void Setup()
    {
        _lines = BenchmarkText.Read();
        _tokenizer = BenchmarkText.Tokenizer();
        Fact.Tell(Fact.Tokens, Encode());
    }

    [Benchmark]
    public long Encode()
    {
        long tokens = 0;
        foreach (string line in _lines)
        {
            tokens += _tokenizer.Encode(line, default, _ids, _types, Room, out _);
        }

        return tokens;
    }
}
