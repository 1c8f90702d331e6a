using QuantGen.Cli.Compilation;
using QuantGen.Cli.Models;
using QuantGen.Specs;

namespace QuantGen.Cli.Tests;

public sealed class ModelSourceTests
{
    private static readonly CompilationTarget s_target = new("Tiny", "Model", 16, 64);

    public static TheoryData<string, SpecOptions, BertArchitecture, bool> Models => new()
    {
        { "uniform", new SpecOptions { Bits = 2, GroupCount = 8, Head = BertHead.SequenceClassification, LabelCount = 3 }, BertArchitecture.Bert, false },
        { "full precision", new SpecOptions { Bits = 32, EmbeddingBits = 32, Head = BertHead.Regression }, BertArchitecture.Bert, false },
        { "one bit", new SpecOptions { Bits = 1, EmbeddingBits = 2, Head = BertHead.Encoder }, BertArchitecture.Albert, false },
        {
            "along inputs",
            new SpecOptions { Bits = 3, GroupSize = 32, Mapping = Mapping.Asymmetric, Clipping = Clipping.Percentile, Head = BertHead.QuestionAnswering },
            BertArchitecture.Bert, false
        },
        {
            "static", new SpecOptions { Bits = 8, ActivationRange = ActivationRange.Static, Head = BertHead.TokenClassification, LabelCount = 5 },
            BertArchitecture.Albert, false
        },
        { "codebooks", new SpecOptions { Bits = 5, EmbeddingBits = 3, Scheme = Scheme.KMeans }, BertArchitecture.Bert, false },
        {
            "bins", new SpecOptions { Bits = 1, EmbeddingBits = 8, Scheme = Scheme.LinearClusters, EmbeddingScheme = Scheme.Linear }, BertArchitecture.Albert,
            false
        },
        {
            "codebooks among others",
            new SpecOptions
            {
                Bits = 4, EmbeddingBits = 5, EmbeddingScheme = Scheme.KMeans,
                Plan = new EquatableArray<PlanEntry>([new("*.query", 5, null, null, null, null, default) { Scheme = Scheme.KMeans }]),
            },
            BertArchitecture.Bert,
            true
        },
        {
            "learned scales",
            new SpecOptions
            {
                Bits = 2, EmbeddingBits = 2, Scheme = Scheme.Lsq, ActivationBits = 4, AttentionBits = 4, ActivationRange = ActivationRange.Static,
                Clipping = Clipping.MinMax, Head = BertHead.Regression
            },
            BertArchitecture.Bert,
            false
        },
        { "codebooks", new SpecOptions { Bits = 5, EmbeddingBits = 3, Scheme = Scheme.KMeans, Head = BertHead.Encoder }, BertArchitecture.Albert, false },
        {
            "schemes",
            new SpecOptions
            {
                Bits = 2,
                Scheme = Scheme.Ternary,
                EmbeddingScheme = Scheme.LinearClusters,
                EmbeddingBits = 4,
                Plan = new EquatableArray<PlanEntry>([new("pooler.dense", 8, null, null, null, null, default) { Scheme = Scheme.Lsq }]),
                Head = BertHead.SequenceClassification,
            },
            BertArchitecture.Bert,
            true
        },
        {
            "mixed",
            new SpecOptions
            {
                Bits = 4,
                LayerBits = new EquatableArray<LayerBitsRule>([new("encoder.layer.1.*", 8), new("encoder.layer.1.output.dense", 32)]),
                Plan = new EquatableArray<PlanEntry>([new("pooler.dense", null, null, null, Mapping.Asymmetric, null, new EquatableArray<int>([4, 2, 8, 4]))]),
                Head = BertHead.SequenceClassification,
            },
            BertArchitecture.Bert,
            true
        },
    };

    [Theory]
    [MemberData(nameof(Models))]
    public void Generator_reads_back_the_model_that_was_written_down(string name, SpecOptions options, BertArchitecture architecture, bool needsPlan)
    {
        bool isAlbert = architecture == BertArchitecture.Albert;
        var config = new ModelConfig
        {
            Architecture = architecture,
            Layers = 2,
            HiddenSize = 32,
            EmbeddingSize = isAlbert ? 16 : 32,
            Heads = 2,
            IntermediateSize = 64,
            VocabularySize = 19,
            MaxPositions = 24,
            TypeVocabularySize = 3,
            HiddenActivation = isAlbert ? HiddenActivation.GeluNew : HiddenActivation.Gelu,
            LayerNormEpsilon = 1.1e-7,
            Labels = new EquatableArray<string>(Enumerable.Range(0, options.LabelCount).Select(i => $"label \"{i}\"")),
        };
        ModelSpec spec = ModelSpecs.Quantized(config, options);
        ModelSource source = ModelSource.Of(spec, [.. config.Labels], s_target);
        Assert.Equal(needsPlan, source.Plan is not null);
        CompiledModel compiled = ModelCompiler.Compile(source, name, CancellationToken.None);
        Assert.Equal(spec.Sha256, ProgramAssembly.Load(compiled.Assembly, s_target, spec).Spec.Sha256);
    }

    [Theory]
    [InlineData("models/sst2-albert", "Sst2Albert")]
    [InlineData("models/sst2/", "Sst2")]
    [InlineData("a/my model.v2.qg.safetensors", "MyModelV2")]
    [InlineData("7b", "Bert7b")]
    public void Class_is_named_after_the_path(string path, string name) => Assert.Equal(name, ClassNames.FromPath(path));
}
