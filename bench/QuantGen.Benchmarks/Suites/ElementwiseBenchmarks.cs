using BenchmarkDotNet.Attributes;
using QuantGen.Benchmarks.Data;
using QuantGen.Kernels;
using QuantGen.Linear;

namespace QuantGen.Benchmarks.Suites;

/// <summary>What happens between linear layers to each token of BERT-base: GELU, normalization, quantization of activations.</summary>
public class ElementwiseBenchmarks
{
    private const int Hidden = 768;
    private const int Intermediate = 3072;
    private const float Epsilon = 1e-12f;
    private readonly float[] _gamma = new float[Hidden];
    private readonly float[] _beta = new float[Hidden];
    private float[] _values = null!;
    private float[] _work = null!;
    private byte[] _codes = null!;
    private float[] _scales = null!;
    private int[] _integers = null!;

    [Params(16, 128)]
    public int Tokens { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(42);
        _values = new float[Tokens * Intermediate];
        RandomLayer.Fill(_values, random);
        RandomLayer.Fill(_beta, random);
        Array.Fill(_gamma, 1);
        _work = new float[_values.Length];
        _codes = new byte[_values.Length];
        _scales = new float[Tokens];
        _integers = new int[2 * Tokens];
    }

    [Benchmark]
    public void GeluErf() => Gelu.Erf(ref Restored()[0], _work.Length);

    [Benchmark]
    public void GeluTanh() => Gelu.Tanh(ref Restored()[0], _work.Length);

    /// <summary>What the two above take besides: they work in place, and would end in zeros if nothing restored the input.</summary>
    [Benchmark]
    public float[] Restored()
    {
        _values.CopyTo(_work, 0);
        return _work;
    }

    [Benchmark]
    public void AddAndNormalize() =>
        NormRows.AddAndNormalize(ref _values[0], ref _values[Hidden], ref _gamma[0], ref _beta[0], Epsilon, Tokens, Hidden, ref _work[0]);

    [Benchmark]
    public void QuantizeActivations() => ActivationQuantizer.QuantizePerToken(
        ref _values[0], Intermediate, Tokens, Intermediate, ref _codes[0], Intermediate, ref _scales[0], ref _integers[0], ref _integers[Tokens]);
}
