using QuantGen.Execution;
using QuantGen.Graph;
using QuantGen.Specs;

namespace QuantGen.Tests.Execution;

public sealed class SpecDifferenceTests
{
    private static readonly ModelConfig s_config = new()
    {
        Layers = 2, HiddenSize = 8, EmbeddingSize = 8, Heads = 2, IntermediateSize = 16, VocabularySize = 20, MaxPositions = 8,
    };

    private static readonly SpecOptions s_options = new()
    {
        Bits = 4, GroupCount = 2, Head = BertHead.SequenceClassification, LabelCount = 3, MaxSequenceLength = 8,
    };

    [Fact]
    public void Equal_models_do_not_differ() => Assert.Null(SpecDifference.First(Build(s_config, s_options), Build(s_config, s_options)));

    [Fact]
    public void Dimensions_come_first()
    {
        Check(s_config with { Layers = 3 }, s_options with { Bits = 2 }, "layers: expected 2, found 3");
        Check(s_config with { HiddenSize = 16, EmbeddingSize = 16 }, s_options, "hidden size: expected 8, found 16");
        Check(s_config with { Heads = 4 }, s_options, "heads: expected 2, found 4");
        Check(s_config with { IntermediateSize = 32 }, s_options, "intermediate size: expected 16, found 32");
        Check(s_config with { VocabularySize = 21 }, s_options, "vocabulary size: expected 20, found 21");
        Check(s_config with { MaxPositions = 9 }, s_options, "positions: expected 8, found 9");
        Check(s_config with { TypeVocabularySize = 1 }, s_options, "token types: expected 2, found 1");
        Check(s_config with { HiddenActivation = HiddenActivation.GeluNew }, s_options, "hidden activation: expected gelu, found gelu_new");
        Check(s_config with { LayerNormEpsilon = 1e-5 }, s_options, "layer norm epsilon: expected 1E-12, found 1E-05");
        Check(s_config with { Architecture = BertArchitecture.Albert }, s_options, "architecture: expected bert, found albert");
    }

    [Fact]
    public void Options_come_second()
    {
        Check(s_config, s_options with { Head = BertHead.TokenClassification }, "head: expected sequence_classification, found token_classification");
        Check(s_config, s_options with { LabelCount = 4 }, "outputs of the head: expected 3, found 4");
        Check(s_config, s_options with { EmbeddingBits = 2 }, "word embedding: expected 8 bits, found 2 bits");
        Check(s_config, s_options with { PositionBits = 8 }, "embeddings of positions and token types: expected 32 bits, found 8 bits");
        Check(s_config, s_options with { ActivationRange = ActivationRange.Static }, "activation ranges: expected per_token, found static");
        Check(s_config, s_options with { Attention = AttentionKind.Boolean }, "attention: expected softmax, found boolean");
        Check(s_config, s_options with { Numerics = Numerics.Integer }, "numerics: expected float, found integer");
        Check(s_config, s_options with { Numerics = Numerics.Quantized }, "numerics: expected float, found quantized");
        Check(s_config, s_options with { HasResidualFactors = true }, "factors of residuals: expected none, found some");
    }

    [Fact]
    public void Matrices_are_named()
    {
        const string Query = "matrix 'encoder.layer.0.attention.self.query': ";
        Check(s_config, s_options with { Bits = 2 }, Query + "expected 4 bits, found 2 bits");
        Check(s_config, s_options with { Bits = 1 }, Query + "expected 4 bits, found 1 bit");
        Check(s_config, s_options with { GroupCount = 1 }, Query + "expected 2 groups, found 1 group");
        Check(s_config, s_options with { GroupCount = 1, GroupSize = 32 }, Query + "expected 2 groups, found 1 group");
        Check(s_config, s_options with { Mapping = Mapping.Asymmetric }, Query + "expected symmetric codes, found asymmetric codes");
        var clusters = new EquatableArray<PlanEntry>([new PlanEntry("*.query", null, 1, null, null, default) { Storage = Storage.Codebook }]);
        Check(s_config, s_options with { Plan = clusters }, Query + "expected uniform storage, found codebook storage");
        var rule = new EquatableArray<LayerBitsRule>([new LayerBitsRule("encoder.layer.1.output.dense", 8)]);
        Check(s_config, s_options with { LayerBits = rule }, "matrix 'encoder.layer.1.output.dense': expected 4 bits, found 8 bits");
        var plan = new EquatableArray<PlanEntry>([new PlanEntry("pooler.dense", 4, 2, 0, null, new EquatableArray<int>([4, 2]))]);
        Check(s_config, s_options with { Plan = plan }, "matrix 'pooler.dense': expected the same bits for all groups, found bits per group 4 2");
        SpecDifference? size = SpecDifference.First(
            Build(s_config, s_options with { GroupCount = 1, GroupSize = 32 }), Build(s_config, s_options with { GroupCount = 1, GroupSize = 64 }));
        Assert.Equal(Query + "expected a group size of 32, found a group size of 64", size?.ToString());
    }

    private static void Check(ModelConfig config, SpecOptions options, string difference) =>
        Assert.Equal(difference, SpecDifference.First(Build(s_config, s_options), Build(config, options))?.ToString());

    private static ModelSpec Build(ModelConfig config, SpecOptions options)
    {
        var issues = new List<SpecIssue>();
        ModelSpec? spec = SpecBuilder.Build(config, options, issues);
        Assert.Empty(issues);
        return spec!;
    }
}
