using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;
using QuantGen.Benchmarks.Data;
using QuantGen.Benchmarks.Reporting;
using QuantGen.Kernels;
using QuantGen.Specs;

namespace QuantGen.Benchmarks.Suites;

/// <summary>Embedding of random tokens of BERT-base: a word's row, position and type, normalized.</summary>
[Config(typeof(MillionTokenReport))]
public class EmbeddingBenchmarks
{
    private const int Hidden = 768;
    private const int Words = 30522;
    private const int Tokens = 512;
    private readonly int[] _ids = new int[Tokens];
    private readonly float[] _positions = new float[Tokens * Hidden];
    private readonly float[] _output = new float[Tokens * Hidden];
    private readonly float[] _gamma = new float[Hidden];
    private byte[] _words = null!;
    private int _rowBytes;

    [Params(2, 4, 8, 32)]
    public int Bits { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(42);
        _rowBytes = MatrixSpec.RowBytes(Hidden, Bits);
        _words = new byte[Words * _rowBytes];
        if (Bits == 32)
        {
            RandomLayer.Fill(MemoryMarshal.Cast<byte, float>(_words.AsSpan()), random);
        }
        else
        {
            random.NextBytes(_words);
        }

        RandomLayer.Fill(_positions, random);
        Array.Fill(_gamma, 1);
        for (int i = 0; i < _ids.Length; i++)
        {
            _ids[i] = random.Next(Words);
        }

        Fact.Tell(Fact.Tokens, Tokens);
    }

    [Benchmark]
    public void Embed()
    {
        for (int i = 0; i < _ids.Length; i++)
        {
            Embedding.Run(
                ref _words[_ids[i] * _rowBytes], Bits, 0.01f, ref _positions[0], ref _positions[i * Hidden],
                ref _gamma[0], ref _positions[0], 1e-12f, Hidden, ref _output[i * Hidden]);
        }
    }
}
