using QuantGen.Graph;
using QuantGen.Specs;
using static QuantGen.Tests.Specs.SpecBuilderTests;

namespace QuantGen.Tests.Specs;

public sealed class SpecRulesTests
{
    private static readonly ModelConfig s_config = new()
    {
        Layers = 1, HiddenSize = 12, EmbeddingSize = 12, Heads = 2, IntermediateSize = 24, VocabularySize = 20,
    };
    private static readonly SpecOptions s_options = new() { Bits = 4 };
    private static readonly SpecOptions s_clusters = new() { Bits = 3, EmbeddingBits = 3, Storage = Storage.Codebook };

    [Theory]
    [InlineData(0, 1)]
    [InlineData(9, 8)]
    [InlineData(33, 32)]
    [InlineData(-7, 1)]
    [InlineData(int.MaxValue, 32)]
    public void QG1101_bits(int bits, int nearest) =>
        Check(s_config, s_options with { Bits = bits }, "QG1101", $"Weights cannot have {bits} bits; use 1, 2, 3, 4, 5, 6, 7, 8 or 32", nearest);

    [Fact]
    public void QG1101_bits_in_a_plan()
    {
        Check(s_config, s_options with { Plan = Plan(Entry("*.query") with { Bits = 9 }) }, "QG1101", "self.query' cannot have 9 bits", 8);
        Check(s_config, s_options with { Plan = Plan(Entry("*.query") with { GroupBits = Bits(4, 12) }) }, "QG1101", "self.query' cannot have 12 bits", 8);
    }

    [Theory]
    [InlineData(0, "The group count is 0, and it must be at least 1")]
    [InlineData(-1, "The group count is -1, and it must be at least 1")]
    public void QG1102_group_counts_below_one(int groups, string message) => Check(s_config, s_options with { GroupCount = groups }, "QG1102", message, 1);

    [Fact]
    public void QG1102_group_counts_that_do_not_divide_the_rows()
    {
        IReadOnlyList<SpecIssue> issues = Issues(s_config, s_options with { GroupCount = 7 });
        Assert.Equal(6, issues.Count);
        Assert.All(issues, issue => Assert.Equal("QG1102", issue.Id));
        Assert.Contains("'encoder.layer.0.attention.self.query' has 12 rows, which 7 groups cannot divide; the nearest legal count is 6", issues[0].Message);
        Assert.Equal(6, issues[0].NearestLegalValue);
        Check(s_config, s_options with { Plan = Plan(Entry("*.query") with { GroupCount = int.MinValue }) }, "QG1102", "12 rows", 1);
    }

    [Theory]
    [InlineData(-1, 32)]
    [InlineData(31, 32)]
    [InlineData(33, 32)]
    [InlineData(48, 64)]
    [InlineData(int.MaxValue, 1 << 15)]
    [InlineData(int.MinValue, 32)]
    public void QG1103_group_sizes(int size, int nearest) => Check(
        s_config, s_options with { Plan = Plan(Entry("*.query") with { GroupSize = size, GroupCount = 1 }) }, "QG1103",
        $"has a group size of {size}, and it must be a multiple of 32", nearest);

    [Fact]
    public void QG1104_groups_along_rows_and_inputs()
    {
        Check(s_config, s_options with { GroupCount = 2, GroupSize = 32 }, "QG1104", "A group count of 2 along rows and a group size of 32");
        Check(s_config, s_options with { Plan = Plan(Entry("*.query") with { GroupCount = 2, GroupSize = 32 }) }, "QG1104", "has both 2 groups");
        Check(s_config, s_options with { Plan = Plan(Entry("*.query") with { GroupBits = Bits(4, 2), GroupSize = 32 }) }, "QG1104", "bits per group of rows");
    }

    [Fact]
    public void QG1105_activation_bits()
    {
        Check(s_config, s_options with { ActivationBits = 9 }, "QG1105", "Activations cannot have 9 bits; use 1, 2, 3, 4, 5, 6, 7, 8 or 32", 8);
        Check(s_config, s_options with { AttentionBits = 1 }, "QG1105", "Attention's operands cannot have 1 bits; use 2, 3, 4, 5, 6, 7, 8 or 32", 2);
        Check(s_config, s_options with { ActivationBits = 32 }, "QG1105", "self.query' multiplies integers, and activations have 32 bits", 8);
        Check(s_config, s_options with { AttentionBits = 16 }, "QG1105", "Attention's operands cannot have 16 bits; use 2, 3, 4, 5, 6, 7, 8 or 32", 8);
        Check(s_config, s_options with { Attention = AttentionKind.Boolean, AttentionBits = 8 }, "QG1114", "Boolean attention multiplies one bit", 32);
        Check(s_config, s_clusters with { ActivationBits = 8 }, "QG1105", "self.query' has a codebook", 32);
    }

    [Fact]
    public void QG1116_what_integers_exclude()
    {
        SpecOptions integer = s_options with { Numerics = Numerics.Integer };
        Check(s_config, integer with { ActivationBits = 4 }, "QG1116", "Numerics.Integer excludes activations of 4 bits; use 8", 8);
        Check(s_config, integer with { AttentionBits = 32 }, "QG1116", "attention of 32 bits", 8);
        Check(s_config, integer with { Attention = AttentionKind.Boolean, AttentionBits = 8 }, "QG1116", "Boolean attention");
        Check(s_config, integer with { ActivationRange = ActivationRange.PerToken }, "QG1116", "a range of each token");
        Check(s_config, integer with { EmbeddingBits = 1 }, "QG1116", "an embedding of one bit", 8);
        Check(s_config, integer with { Mapping = Mapping.Asymmetric }, "QG1116", "asymmetric weights (matrix 'encoder.layer.0.attention.self.query')");
        Check(s_config, integer with { GroupSize = 32 }, "QG1116", "scales along inputs");
        Check(s_config, integer with { Bits = 1 }, "QG1116", "weights of 1 and 32 bits");
        Check(s_config, integer with { LayerBits = new([new LayerBitsRule("*.key", 32)]) }, "QG1116", "self.key'");
        Check(s_config, integer with { HasResidualFactors = true }, "QG1116", "factors of residuals");
        Check(s_config, integer with { Head = BertHead.MaskedLanguageModel }, "QG1116", "the head MaskedLanguageModel");
        Check(s_config, integer with { Training = true }, "QG1116", "training");
        Check(s_config with { HiddenActivation = HiddenActivation.Silu }, integer, "QG1116", "the activation function silu");
        Check(s_config with { MaxPositions = 5000 }, integer, "QG1116", "5000 positions", 4096);
        Check(s_config with { Architecture = BertArchitecture.Albert, Layers = 2 }, integer, "QG1116", "layers that share their weights");
    }

    [Fact]
    public void QG1117_what_rounding_every_operation_excludes()
    {
        SpecOptions rounded = s_options with { Numerics = Numerics.Quantized };
        Check(s_config, rounded with { Bits = 1 }, "QG1117", "weights of one bit (matrix 'encoder.layer.0.attention.self.query')");
        Check(s_config, rounded with { AttentionBits = 32 }, "QG1117", "Numerics.Quantized excludes attention of 32 bits; use 2 to 8", 8);
        Check(s_config, rounded with { Attention = AttentionKind.Boolean }, "QG1117", "Boolean attention");
        Check(s_config, rounded with { ActivationRange = ActivationRange.PerToken }, "QG1117", "a range of each token");
        Check(s_config, rounded with { EmbeddingBits = 32 }, "QG1117", "an embedding of one or 32 bits", 8);
        Check(s_config, rounded with { Mapping = Mapping.Asymmetric }, "QG1117", "codes that have one of their own for zero");
        Check(s_config, rounded with { GroupSize = 32 }, "QG1117", "ranges along inputs");
        Check(s_config, rounded with { LayerBits = new([new LayerBitsRule("*.key", 32)]) }, "QG1117", "weights of 32 bits beside codes");
        Check(s_config, rounded with { HasResidualFactors = true }, "QG1117", "factors of residuals");
        Check(s_config, rounded with { Head = BertHead.MaskedLanguageModel }, "QG1117", "the head MaskedLanguageModel");
        Check(s_config, rounded with { Training = true }, "QG1117", "training");
        Check(s_config with { Architecture = BertArchitecture.Albert, Layers = 2 }, rounded, "QG1117", "layers that share their weights");
        Check(s_config, s_options with { Mapping = Mapping.Offset }, "QG1117", "float numerics excludes ranges of weights as they are");
    }

    [Fact]
    public void Where_every_operation_is_rounded_rows_have_ranges_and_positions_have_8_bits()
    {
        ModelSpec spec = SpecBuilder.Build(s_config, s_options with { Numerics = Numerics.Quantized, ActivationBits = 6 }, new List<SpecIssue>())!;
        Assert.True(spec.IsRounded);
        Assert.All(spec.Matrices, matrix => Assert.Equal((matrix.Rows, Mapping.Offset), (matrix.GroupCount, matrix.Mapping)));
        Assert.Equal((8, 6, ActivationRange.Static), (spec.PositionBits, spec.AttentionBits, spec.ActivationRange));
        Assert.Equal(spec, SpecJson.Read(spec.CanonicalJson));
        QuantizationPlan whole = new(new EquatableArray<PlanEntry>([Entry("*") with { GroupCount = 1 }]), default);
        ModelSpec one = SpecBuilder.Build(s_config, s_options with { Numerics = Numerics.Quantized, Plan = whole.Identity }, new List<SpecIssue>())!;
        Assert.All(one.Matrices, matrix => Assert.Equal(1, matrix.GroupCount));
    }

    [Fact]
    public void Activations_of_one_bit_need_weights_of_one_bit_whole_rows_and_stored_scales()
    {
        SpecOptions one = s_options with { Bits = 1, ActivationBits = 1 };
        Check(s_config, one with { Bits = 2 }, "QG1105", "Activations of one bit meet weights of one bit, and matrix", 8);
        Check(s_config, one with { Plan = Plan(Entry("*.query") with { Bits = 3 }) }, "QG1105", "self.query' has 3; use 2 to 8", 8);
        Check(s_config, one with { GroupSize = 32 }, "QG1114", "which excludes a group size of 32 along inputs");
        Check(s_config, one with { ActivationRange = ActivationRange.PerToken }, "QG1114", "which excludes a range of each token");
        var issues = new List<SpecIssue>();
        Assert.Equal(ActivationRange.Static, SpecBuilder.Build(s_config, one with { Training = true }, issues)!.ActivationRange);
        Assert.Empty(issues);
    }

    [Fact]
    public void QG1114_settings_that_a_codebook_excludes()
    {
        Check(s_config, s_options with { Plan = Plan(Clusters with { Mapping = Mapping.Asymmetric }) }, "QG1114",
            "has a codebook, which excludes asymmetric codes");
        Check(s_config, s_options with { Plan = Plan(Clusters with { GroupSize = 32 }) }, "QG1114", "which excludes a group size of 32 along inputs");
        Check(s_config, s_options with { Plan = Plan(Clusters with { GroupCount = 2 }) }, "QG1114", "which excludes 2 groups of rows");
        Check(s_config, s_options with { Plan = Plan(Clusters with { GroupBits = Bits(2, 4) }) }, "QG1114", "which excludes bits per group of rows");
    }

    [Fact]
    public void Bits_go_by_the_storage()
    {
        Check(s_config, s_clusters with { Bits = 8 }, "QG1101", "Weights cannot have 8 bits with a codebook; use 1, 2, 3, 4, 5 or 32", 5);
        Check(s_config, s_clusters with { EmbeddingBits = 8 }, "QG1106", "The embedding cannot have 8 bits with a codebook", 5);
        Check(s_config, s_clusters with { LayerBits = Rules(("*.query", 8)) }, "QG1108", "cannot have 8 bits with a codebook", 5);
        Check(s_config, s_options with { Storage = Storage.FullPrecision }, "QG1101", "Weights cannot have 4 bits in full precision; use 32", 32);
        Check(s_config, s_options with { Plan = Plan(Entry("*.query") with { Bits = 9 }) }, "QG1101", "self.query' cannot have 9 bits; use", 8);
    }

    [Fact]
    public void QG1106_embedding_bits()
    {
        Check(s_config, s_options with { EmbeddingBits = 9 }, "QG1106", "The embedding cannot have 9 bits; use 1, 2, 3, 4, 5, 6, 7, 8 or 32", 8);
        Check(s_config, s_options with { PositionBits = 4 }, "QG1106", "Embeddings of positions and token types cannot have 4 bits; use 8 or 32", 8);
    }

    [Fact]
    public void QG1107_layer_bits_patterns()
    {
        Check(s_config, s_options with { LayerBits = Rules(("decoder.*", 2)) }, "QG1107", "'decoder.*' matches no matrix");
        Check(s_config, s_options with { LayerBits = Rules(("encoder..x", 2)) }, "QG1107", "'encoder..x' is malformed");
    }

    [Fact]
    public void QG1108_layer_bits_values() =>
        Check(s_config, s_options with { LayerBits = Rules(("*.query", 9)) }, "QG1108", "LayerBits '*.query' cannot have 9 bits", 8);

    [Fact]
    public void QG1109_asymmetric_bits()
    {
        Check(
            s_config, s_options with { Plan = Plan(Entry("*.query") with { Bits = 1, Mapping = Mapping.Asymmetric }) }, "QG1109",
            "1-bit weights, which are symmetric");
        Check(
            s_config, s_options with { Plan = Plan(Entry("*.query") with { GroupBits = Bits(1, 4), Mapping = Mapping.Asymmetric }) }, "QG1109",
            "1-bit weights");
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(513, 512)]
    public void QG1110_sequence_lengths(int length, int nearest) => Check(
        s_config, s_options with { MaxSequenceLength = length, MaxBatchTokens = 1024 }, "QG1110",
        $"MaxSequenceLength is {length}, and this model has positions for 1 to 512", nearest);

    [Theory]
    [InlineData(127, 128)]
    [InlineData((1 << 20) + 1, 1 << 20)]
    public void QG1111_batch_tokens(int tokens, int nearest) =>
        Check(
            s_config, s_options with { MaxBatchTokens = tokens }, "QG1111", $"MaxBatchTokens is {tokens}, and it must be from MaxSequenceLength 128 to 1048576",
            nearest);

    // Items of a phase are counted in an int, and attention has one for each head of each sequence.
    [Theory]
    [InlineData(2048, 1 << 20, 1048575)]
    [InlineData(32768, 1 << 16, 65535)]
    public void QG1111_heads_of_a_batch(int heads, int tokens, int nearest)
    {
        ModelConfig config = s_config with { HiddenSize = 32768, EmbeddingSize = 32768, Heads = heads };
        Check(config, s_options with { MaxBatchTokens = tokens }, "QG1111", $"MaxBatchTokens is {tokens}, and with {heads} heads it must be at most {nearest}",
            nearest);
        Assert.NotNull(SpecBuilder.Build(config, s_options with { MaxBatchTokens = nearest }, new List<SpecIssue>()));
    }

    [Theory]
    [InlineData(BertHead.SequenceClassification, 0)]
    [InlineData(BertHead.TokenClassification, 4097)]
    public void QG1113_labels(BertHead head, int labels) =>
        Check(s_config, s_options with { Head = head, LabelCount = labels }, "QG1113", $"needs 1 to 4096 labels, and there are {labels}");

    [Fact]
    public void QG1203_dimensions()
    {
        Check(s_config with { Layers = 0 }, s_options, "QG1203", "Layers is 0, and it must be from 1 to 128", 1);
        Check(s_config with { Layers = 129 }, s_options, "QG1203", "Layers is 129", 128);
        Check(s_config with { IntermediateSize = 32769 }, s_options, "QG1203", "IntermediateSize is 32769, and it must be from 1 to 32768", 32768);
        Check(s_config with { VocabularySize = -5 }, s_options, "QG1203", "VocabularySize is -5", 1);
        Check(s_config with { MaxPositions = 32769 }, s_options, "QG1203", "MaxPositions is 32769", 32768);
        Check(s_config with { TypeVocabularySize = 0 }, s_options, "QG1203", "TypeVocabularySize is 0", 1);
        Check(s_config with { Heads = 5 }, s_options, "QG1203", "HiddenSize 12 cannot be divided into 5 heads; the nearest legal count is 4", 4);
        Check(s_config with { Heads = 0 }, s_options, "QG1203", "into 0 heads", 1);
        Check(s_config with { Heads = int.MaxValue }, s_options, "QG1203", "heads", 12);
        Check(s_config with { EmbeddingSize = 6 }, s_options, "QG1203", "EmbeddingSize is 6, and BERT needs it equal to HiddenSize 12", 12);
        Check(s_config with { LayerNormEpsilon = double.NaN }, s_options, "QG1203", "LayerNormEpsilon must be a number from 0 to 1");
    }

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    [InlineData(0)]
    public void QG1203_hidden_sizes_at_the_ends_of_the_range(int hidden)
    {
        IReadOnlyList<SpecIssue> issues = Issues(s_config with { HiddenSize = hidden, EmbeddingSize = hidden, Heads = 7 }, s_options);
        Assert.All(issues, issue => Assert.Equal("QG1203", issue.Id));
        Assert.Contains($"HiddenSize is {hidden}, and it must be from 1 to 32768", issues[0].Message);
    }

    [Fact]
    public void QG1207_plan_patterns()
    {
        Check(s_config, s_options with { Plan = Plan(Entry("pooler.dense")) }, "QG1207", "'pooler.dense' matches no matrix");
        Check(s_config, s_options with { Plan = Plan(Entry("a b")) }, "QG1207", "'a b' is malformed");
    }

    [Fact]
    public void QG1208_bits_per_group()
    {
        Check(
            s_config,
            s_options with { Plan = Plan(Entry("*.query") with { GroupCount = 3, GroupBits = Bits(4, 2) }) },
            "QG1208",
            "has 3 groups and 'group_bits' lists 2");
        Check(s_config, s_options with { Plan = Plan(Entry("*.query") with { GroupBits = Bits(32, 2) }) }, "QG1208", "mixes 32-bit groups");
    }

    [Fact]
    public void All_issues_are_reported_at_once()
    {
        IReadOnlyList<SpecIssue> issues = Issues(s_config with { Layers = 0 }, s_options with { Bits = 9, ActivationBits = 0 });
        Assert.Equal(["QG1203", "QG1101", "QG1105"], issues.Select(i => i.Id));
    }

    private static PlanEntry Clusters => Entry("*.query") with { Storage = Storage.Codebook };

    private static IReadOnlyList<SpecIssue> Issues(ModelConfig config, SpecOptions options)
    {
        var issues = new List<SpecIssue>();
        Assert.Null(SpecBuilder.Build(config, options, issues));
        return issues;
    }

    private static void Check(ModelConfig config, SpecOptions options, string id, string message, int nearest = 0)
    {
        SpecIssue issue = Assert.Single(Issues(config, options));
        Assert.Equal(id, issue.Id);
        Assert.Contains(message, issue.Message);
        Assert.Equal(nearest, issue.NearestLegalValue);
    }
}
