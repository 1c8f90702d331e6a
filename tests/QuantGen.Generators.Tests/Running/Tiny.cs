using Microsoft.CodeAnalysis;
using QuantGen.Generators.Specs;
using QuantGen.Graph;
using QuantGen.Specs;

namespace QuantGen.Generators.Tests.Running;

/// <summary>A model small enough to read all of its code: two layers, hidden size 8.</summary>
internal static class Tiny
{
    /// <summary>The dimensions as attribute arguments.</summary>
    public const string Dimensions =
        "Layers = 2, HiddenSize = 8, Heads = 2, IntermediateSize = 16, VocabularySize = 12, MaxPositions = 16, MaxSequenceLength = 16, MaxBatchTokens = 32";

    public static string Source(string arguments, string declaration = "public partial class Tiny;", string more = "") => $$"""
        using QuantGen;
        namespace Sample;
        [QuantizedBert({{arguments}})]
        {{more}}
        {{declaration}}

        """;

    /// <summary>Runs the generator over a class with these dimensions and more arguments.</summary>
    public static GeneratorRun Run(string arguments, string declaration = "public partial class Tiny;", string more = "", params AdditionalText[] files) =>
        GeneratorRun.Of(TestCompilation.Create(Source(arguments + ", " + Dimensions, declaration, more)), files);

    /// <summary>Builds the spec that the parser would.</summary>
    public static ClassSpec Spec(SpecOptions options, BertArchitecture architecture = BertArchitecture.Bert)
    {
        var config = new ModelConfig
        {
            Architecture = architecture,
            Layers = 2,
            HiddenSize = 8,
            EmbeddingSize = 8,
            Heads = 2,
            IntermediateSize = 16,
            VocabularySize = 12,
            MaxPositions = 16,
        };
        return Spec(config, options with { MaxSequenceLength = 16, MaxBatchTokens = 32 });
    }

    public static ClassSpec Spec(ModelConfig config, SpecOptions options)
    {
        var issues = new List<SpecIssue>();
        ModelSpec? model = SpecBuilder.Build(config, options, issues);
        Assert.Empty(issues);
        return new ClassSpec(
            "Sample", "Tiny", "Sample.Tiny", model!, default, options.MaxSequenceLength, options.MaxBatchTokens) { Training = options.Training };
    }
}
