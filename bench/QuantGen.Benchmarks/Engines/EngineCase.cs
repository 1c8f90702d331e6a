using QuantGen.Cli.Models;
using QuantGen.Graph;
using QuantGen.Specs;

namespace QuantGen.Benchmarks.Engines;

/// <summary>A model that engines train in turns.</summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="Spec">The model.</param>
/// <param name="Scheme">Who finds the codes of its weights.</param>
internal sealed record EngineCase(string Name, ModelSpec Spec, Scheme Scheme)
{
    private static readonly ModelConfig s_base = new() { Head = BertHead.SequenceClassification };

    // The dimensions and the vocabulary of a classifier of questions; MiniLM; BERT-base.
    private static readonly (string Name, ModelConfig Config)[] s_dimensions =
    [
        ("3/192", s_base with { Layers = 3, HiddenSize = 192, EmbeddingSize = 192, Heads = 3, IntermediateSize = 768, VocabularySize = 4363 }),
        ("6/384", s_base with { Layers = 6, HiddenSize = 384, EmbeddingSize = 384, Heads = 12, IntermediateSize = 1536 }),
        ("12/768", s_base),
    ];

    private static readonly (string Name, Scheme Scheme, SpecOptions Options)[] s_methods =
    [
        ("full precision", Scheme.Linear, new SpecOptions()),
        ("KDLSQ-BERT 2-2-8", Scheme.Lsq, new SpecOptions { Bits = 2, EmbeddingBits = 2, AttentionBits = 8, ActivationRange = ActivationRange.Static }),
    ];

    /// <summary>Gets the model of the same dimensions in full precision.</summary>
    public EngineCase Teacher => All.First(item => item.Name == Name.Split(' ')[0] + " full precision");

    /// <summary>Gets all models, by layers and width.</summary>
    public static EngineCase[] All { get; } =
    [
        .. from dimension in s_dimensions
           from method in s_methods
           select new EngineCase(
               $"{dimension.Name} {method.Name}",
               ModelSpecs.Quantized(dimension.Config, method.Options with { Head = dimension.Config.Head }, new Recipe { Scheme = method.Scheme }),
               method.Scheme),
    ];
}
