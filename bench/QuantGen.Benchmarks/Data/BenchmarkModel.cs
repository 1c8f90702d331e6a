using QuantGen.Cli.Compilation;
using QuantGen.Cli.Measuring;
using QuantGen.Cli.Models;
using QuantGen.Graph;
using QuantGen.Packed;
using QuantGen.Specs;

namespace QuantGen.Benchmarks.Data;

/// <summary>Models of the dimensions that QuantGen.Peers measures, with random weights.</summary>
internal static class BenchmarkModel
{
    /// <summary>Draws a model with a classifier.</summary>
    /// <param name="name"><c>base</c> or <c>minilm</c>.</param>
    /// <param name="bits">Bits of a weight; 32 for full precision.</param>
    public static PackedModel Create(string name, int bits)
    {
        using Stream stream = typeof(BenchmarkModel).Assembly.GetManifestResourceStream($"models/{name}.json")!;
        using var reader = new StreamReader(stream);
        ModelConfig config = ConfigFile.Parse(reader.ReadToEnd(), name);
        ModelSpec spec = ModelSpecs.Quantized(config, new SpecOptions { Bits = bits, Head = config.Head }, new Recipe());
        return RandomModel.Create(spec, [.. config.Labels], seed: 42);
    }

    /// <summary>Gets what compiles and loads models; compiled ones are kept, since every benchmark is a process of its own.</summary>
    public static SessionLoader Loader(int threads) => new(CompilationTarget.DefaultBatchTokens, threads, UsesCache: true);
}
