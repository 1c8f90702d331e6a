using QuantGen.Graph;
using QuantGen.Specs;
using static QuantGen.Tests.Specs.SpecBuilderTests;

namespace QuantGen.Tests.Specs;

public sealed class PackedLayoutTests
{
    private static readonly ModelConfig s_tiny = new()
    {
        Layers = 2, HiddenSize = 12, EmbeddingSize = 12, Heads = 2, IntermediateSize = 24, VocabularySize = 20, MaxPositions = 16,
    };

    [Theory]
    [InlineData(1, 10_616_832, 73_728)]
    [InlineData(2, 21_233_664, 147_456)]
    [InlineData(4, 42_467_328, 294_912)]
    [InlineData(5, 53_084_160, 368_640)]
    [InlineData(6, 63_700_992, 442_368)]
    [InlineData(7, 74_317_824, 516_096)]
    [InlineData(8, 84_934_656, 589_824)]
    public void Bert_base_has_the_bytes_one_calculates_by_hand(int bits, long encoderCodes, long poolerCodes)
    {
        ModelSpec spec = Build(new ModelConfig(), new SpecOptions { Bits = bits, GroupCount = 128, Head = BertHead.SequenceClassification, LabelCount = 2 });
        ILookup<TensorClass, TensorSpec> classes = PackedLayout.Packed(spec).ToLookup(t => t.Class);
        Assert.Equal(encoderCodes + poolerCodes, classes[TensorClass.Codes].Sum(t => t.Bytes));
        Assert.Equal(73 * 128 * 4, classes[TensorClass.Scales].Sum(t => t.Bytes));
        Assert.Equal(30_522 * (768 + 4) + (512 * 768 * 4) + (2 * 768 * 4), classes[TensorClass.Embeddings].Sum(t => t.Bytes));
        Assert.Equal((82_944 + 768) * 4, classes[TensorClass.Biases].Sum(t => t.Bytes));
        Assert.Equal((36_864 + 1_536) * 4, classes[TensorClass.LayerNorm].Sum(t => t.Bytes));
        Assert.Equal(((2 * 768) + 2) * 4, classes[TensorClass.Head].Sum(t => t.Bytes));
        Assert.Empty(classes[TensorClass.Weights]);
    }

    [Fact]
    public void Checkpoints_have_the_parameters_of_the_papers()
    {
        ModelSpec spec = Build(new ModelConfig(), new SpecOptions { Head = BertHead.SequenceClassification, LabelCount = 2 });
        Assert.Equal(109_482_240, PackedLayout.Checkpoint(spec).Where(t => t.Class != TensorClass.Head).Sum(t => t.Count));
        Assert.Equal(
            PackedLayout.Checkpoint(spec),
            PackedLayout.Checkpoint(Build(new ModelConfig(), new SpecOptions { Bits = 2, Head = BertHead.SequenceClassification })));
    }

    [Fact]
    public void Tensors_follow_the_forward_pass()
    {
        ModelSpec spec = Build(s_tiny, new SpecOptions
        {
            Bits = 4, MaxSequenceLength = 16, Mapping = Mapping.Asymmetric, Head = BertHead.QuestionAnswering, LayerBits = Rules(("encoder.layer.1.*", 32)),
        });
        string[] names = [.. PackedLayout.Packed(spec).Select(t => t.Name)];
        Assert.Equal(names.Length, names.Distinct().Count());
        Assert.Equal(
            [
                "embeddings.word_embeddings.codes", "embeddings.word_embeddings.scales", "embeddings.position_embeddings.weight",
                "embeddings.token_type_embeddings.weight", "embeddings.LayerNorm.weight", "embeddings.LayerNorm.bias",
                "encoder.layer.0.attention.self.query.codes", "encoder.layer.0.attention.self.query.scales",
                "encoder.layer.0.attention.self.query.zero_points", "encoder.layer.0.attention.self.query.bias",
            ],
            names[..10]);
        int attention = Array.IndexOf(names, "encoder.layer.0.attention.output.LayerNorm.weight");
        Assert.Equal("encoder.layer.0.attention.output.dense.bias", names[attention - 1]);
        Assert.Equal("encoder.layer.0.intermediate.dense.codes", names[attention + 2]);
        Assert.Contains("encoder.layer.1.output.dense.weight", names);
        Assert.Equal(["qa_outputs.weight", "qa_outputs.bias"], names[^2..]);
    }

    [Theory]
    [InlineData(BertArchitecture.Bert, 12)]
    [InlineData(BertArchitecture.Electra, 4)]
    public void Every_residual_has_factors(BertArchitecture architecture, int width)
    {
        ModelConfig config = s_tiny with { Architecture = architecture, EmbeddingSize = width };
        ModelSpec spec = Build(config, new SpecOptions { Bits = 4, MaxSequenceLength = 16, HasResidualFactors = true });
        string[] names = [.. PackedLayout.Packed(spec).Select(t => t.Name)];
        string[] factors = [.. names.Where(name => name.EndsWith(".residual_factors", StringComparison.Ordinal))];
        Assert.Equal(4, factors.Length);
        Assert.Equal("encoder.layer.1.output.LayerNorm.residual_factors", factors[^1]);
        Assert.Equal(factors[^1][..^".residual_factors".Length] + ".bias", names[Array.IndexOf(names, factors[^1]) - 1]);
        Assert.DoesNotContain(PackedLayout.Checkpoint(spec), tensor => factors.Contains(tensor.Name));
    }

    [Fact]
    public void Mixed_codes_are_one_run_of_bytes()
    {
        ModelSpec spec = Build(
            s_tiny, new SpecOptions { Bits = 4, MaxSequenceLength = 16, Plan = Plan(Entry("*.0.*.query") with { GroupBits = Bits(8, 2, 2) }) });
        TensorSpec codes = PackedLayout.Packed(spec).First(t => t.Name.EndsWith("query.codes"));
        Assert.Equal([(4 * 12) + (8 * 3)], codes.Shape);
        Assert.Equal([3], PackedLayout.Packed(spec).First(t => t.Name.EndsWith("query.scales")).Shape);
    }

    [Fact]
    public void Group_sizes_give_scales_of_two_dimensions()
    {
        ModelSpec spec = Build(s_tiny with { HiddenSize = 72, EmbeddingSize = 72 }, new SpecOptions { Bits = 4, MaxSequenceLength = 16, GroupSize = 32 });
        Assert.Equal([72, 3], PackedLayout.Packed(spec).First(t => t.Name.EndsWith("query.scales")).Shape);
    }

    [Fact]
    public void Static_ranges_are_stored_once_per_site_and_use()
    {
        ModelSpec spec = Build(
            s_tiny with { Architecture = BertArchitecture.Albert, EmbeddingSize = 6 },
            new SpecOptions { Bits = 4, MaxSequenceLength = 16, ActivationRange = ActivationRange.Static, LayerBits = Rules(("*.intermediate.dense", 32)) });
        TensorSpec[] scales = [.. PackedLayout.Packed(spec).Where(t => t.Name.EndsWith(".input_scale"))];
        Assert.Equal(
            [
                "encoder.embedding_hidden_mapping_in.input_scale", "encoder.layer.0.attention.self.input_scale",
                "encoder.layer.0.attention.output.dense.input_scale", "encoder.layer.0.output.dense.input_scale",
            ],
            scales.Select(t => t.Name));
        Assert.Equal([1, 2, 2, 2], scales.Select(t => t.Shape[0]));
        Assert.Equal(4, PackedLayout.Packed(spec).Count(t => t.Name.EndsWith(".input_zero_point") && !t.IsFloat));
    }

    [Fact]
    public void Full_precision_models_are_packed_as_they_are()
    {
        ModelSpec spec = Build(s_tiny, new SpecOptions { EmbeddingBits = 32, MaxSequenceLength = 16 });
        Assert.Equal(PackedLayout.Checkpoint(spec), PackedLayout.Packed(spec));
    }
}
