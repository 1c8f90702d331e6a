using BenchmarkDotNet.Attributes;
using QuantGen.Benchmarks.Data;
using QuantGen.Benchmarks.Reporting;
using QuantGen.Cli.Models;
using QuantGen.Execution;
using QuantGen.Packed;

namespace QuantGen.Benchmarks.Suites;

/// <summary>Loading of a packed BERT-base from a file that the system has cached.</summary>
[Config(typeof(ByteReport))]
public class LoadBenchmarks
{
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"quantgen-load-{Guid.NewGuid():N}.safetensors");
    private IEncoderProgram _program = null!;
    private LoadOptions _options = null!;

    [Params(2, 8)]
    public int Bits { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        SessionLoader loader = BenchmarkModel.Loader(Environment.ProcessorCount);
        using PackedModel model = BenchmarkModel.Create("base", Bits);
        _program = loader.Compile(model.Spec, CancellationToken.None);
        _options = loader.Options;
        model.Save(_file);
        Fact.Tell(Fact.Bytes, new FileInfo(_file).Length);
    }

    [GlobalCleanup]
    public void Cleanup() => File.Delete(_file);

    [Benchmark]
    public void Load() => InferenceSession.Load(_file, _program, _options).Dispose();
}
