using QuantGen.Cli.Inspecting;
using QuantGen.Graph;
using QuantGen.Specs;

namespace QuantGen.Cli.Tests;

public sealed class ModelSizeTests
{
    private const long Tokens = 100;
    private const long Sequences = 7;

    // Two layers of width 8 and 16 between; a layer has 4 matrices of 8 x 8 and two of 8 x 16.
    private const double LayerMacs = (4 * 64) + (2 * 128);

    [Fact]
    public void All_tokens_go_through_all_layers_where_a_head_reads_them_all() =>
        Assert.Equal(Tokens * ((2 * LayerMacs) + (8 * 3)), Macs(BertArchitecture.Bert, BertHead.TokenClassification));

    [Fact]
    public void A_pooled_head_needs_keys_and_values_of_all_tokens_in_the_last_layer_and_the_rest_of_first_tokens() => Assert.Equal(
        (Tokens * (LayerMacs + (2 * 64))) + (Sequences * (LayerMacs - (2 * 64) + 64 + (8 * 3))), Macs(BertArchitecture.Bert, BertHead.SequenceClassification));

    [Fact]
    public void A_shared_layer_counts_as_often_as_it_runs_and_the_projection_of_embeddings_once() => Assert.Equal(
        Tokens * ((4 * 8) + (2 * LayerMacs) + (8 * 3)), Macs(BertArchitecture.Albert, BertHead.TokenClassification));

    /// <summary>BiBERT (Qin et al., ICLR 2022) has 22.5 GFLOPs for BERT-base in full precision and 0.4 where all is one bit; BinaryBERT 3.1 at W1A8.</summary>
    [Theory]
    [InlineData(32, 8, 32, 22.35)]
    [InlineData(1, 8, 8, 3.32)]
    [InlineData(1, 1, 32, 0.94)]
    public void Operations_are_those_of_the_papers(int bits, int activationBits, int attentionBits, double giga)
    {
        ModelSpec spec = SpecBuilder.Build(
            new ModelConfig(), new SpecOptions { Bits = bits, ActivationBits = activationBits, AttentionBits = attentionBits, LabelCount = 2 }, [])!;
        Assert.Equal(giga, ModelSize.Flops(spec, 128) / 1e9, 0.01);
    }

    [Theory]
    [InlineData(12, 768, 12, 3072, 1, 17_000_000)]
    [InlineData(6, 384, 12, 1536, 1, 5_000_000)]
    public void Weights_and_embeddings_of_one_bit_take_few_bytes(int layers, int hidden, int heads, int between, int embeddingBits, long most)
    {
        const long VocabularyAndHeader = 231_508 + 4_096;
        var config = new ModelConfig
        {
            Layers = layers, HiddenSize = hidden, EmbeddingSize = hidden, Heads = heads, IntermediateSize = between, VocabularySize = 30522, MaxPositions = 512,
        };
        var options = new SpecOptions { Bits = 1, EmbeddingBits = embeddingBits, Head = BertHead.SequenceClassification, LabelCount = 2 };
        ModelSpec spec = SpecBuilder.Build(config, options, new List<SpecIssue>())!;
        Assert.InRange(PackedLayout.Packed(spec).Sum(tensor => tensor.Bytes) + VocabularyAndHeader, most / 2, most);
    }

    private static double Macs(BertArchitecture architecture, BertHead head)
    {
        var config = new ModelConfig
        {
            Architecture = architecture,
            Layers = 2,
            HiddenSize = 8,
            EmbeddingSize = architecture == BertArchitecture.Albert ? 4 : 8,
            Heads = 2,
            IntermediateSize = 16,
            VocabularySize = 12,
            MaxPositions = 16,
        };
        var issues = new List<SpecIssue>();
        ModelSpec? model =
            SpecBuilder.Build(config, new SpecOptions { Bits = 2, Head = head, LabelCount = 3, MaxSequenceLength = 16, MaxBatchTokens = 32 }, issues);
        Assert.Empty(issues);
        return ModelSize.LinearMacs(model!, Tokens, Sequences);
    }
}
