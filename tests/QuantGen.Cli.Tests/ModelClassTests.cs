using QuantGen.Cli.Compilation;
using QuantGen.Cli.Models;
using QuantGen.Graph;
using QuantGen.Specs;

namespace QuantGen.Cli.Tests;

public sealed class ModelClassTests
{
    private static readonly CompilationTarget s_target = new("Tiny", "Model", 16, 64);

    public static TheoryData<string, SpecOptions, BertArchitecture> Models => new()
    {
        { "uniform", new SpecOptions { Bits = 2, GroupCount = 8, Head = BertHead.SequenceClassification, LabelCount = 3 }, BertArchitecture.Bert },
        { "full precision", new SpecOptions { Bits = 32, EmbeddingBits = 32, Head = BertHead.Regression }, BertArchitecture.Bert },
        { "one bit", new SpecOptions { Bits = 1, EmbeddingBits = 2, Head = BertHead.Encoder }, BertArchitecture.Albert },
        { "pairs", new SpecOptions { Bits = 1, EmbeddingBits = 2, GroupCount = 4, Storage = Storage.BinaryPair }, BertArchitecture.Albert },
        { "along inputs", new SpecOptions { Bits = 3, GroupSize = 32, Mapping = Mapping.Asymmetric, Head = BertHead.QuestionAnswering },
        BertArchitecture.Bert },
        { "static", new SpecOptions { Bits = 8, ActivationRange = ActivationRange.Static, Head = BertHead.TokenClassification, LabelCount = 5 },
        BertArchitecture.Albert },
        { "codebooks", new SpecOptions { Bits = 5, EmbeddingBits = 3, Storage = Storage.Codebook }, BertArchitecture.Bert },
        { "bins", new SpecOptions { Bits = 1, EmbeddingBits = 8, Storage = Storage.Codebook, EmbeddingStorage = Storage.Uniform }, BertArchitecture.Albert },
        {
            "codebooks among others",
            new SpecOptions
            {
                Bits = 4, EmbeddingBits = 5, EmbeddingStorage = Storage.Codebook,
                Plan = new EquatableArray<PlanEntry>([new("*.query", 5, null, null, null, default) { Storage = Storage.Codebook }]),
            },
            BertArchitecture.Bert
        },
        {
            "learned scales",
            new SpecOptions { Bits = 2, EmbeddingBits = 2, ActivationBits = 4, AttentionBits = 4, ActivationRange = ActivationRange.Static,
            Head = BertHead.Regression },
            BertArchitecture.Bert
        },
        { "codebooks", new SpecOptions { Bits = 5, EmbeddingBits = 3, Storage = Storage.Codebook, Head = BertHead.Encoder }, BertArchitecture.Albert },
        {
            "schemes",
            new SpecOptions
            {
                Bits = 2,
                EmbeddingStorage = Storage.Codebook,
                EmbeddingBits = 4,
                Plan = new EquatableArray<PlanEntry>([new("pooler.dense", 4, null, null, null, default) { Storage = Storage.Codebook }]),
                Head = BertHead.SequenceClassification,
            },
            BertArchitecture.Bert
        },
        {
            "mixed",
            new SpecOptions
            {
                Bits = 4,
                LayerBits = new EquatableArray<LayerBitsRule>([new("encoder.layer.1.*", 8), new("encoder.layer.1.output.dense", 32)]),
                Plan = new EquatableArray<PlanEntry>([new("pooler.dense", null, null, null, Mapping.Asymmetric, new EquatableArray<int>([4, 2, 8, 4]))]),
                Head = BertHead.SequenceClassification,
            },
            BertArchitecture.Bert
        },
    };

    [Theory]
    [MemberData(nameof(Models))]
    public void Generator_reads_back_the_model_that_was_written_down(string name, SpecOptions options, BertArchitecture architecture)
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
        ModelSpec spec = ModelSpecs.Quantized(config, options, new Recipe());
        EquatableArray<string> labels = spec.Head is BertHead.SequenceClassification or BertHead.TokenClassification ? config.Labels : default;
        ModelClass source = ModelClass.Of(new SpecFile(spec, labels, new Recipe()), s_target);
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
