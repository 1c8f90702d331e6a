using QuantGen.Graph;
using QuantGen.Specs;

namespace QuantGen.Tests.Specs;

public sealed class SpecBuilderTests
{
    private static readonly ModelConfig s_config = new()
    {
        Layers = 2, HiddenSize = 8, EmbeddingSize = 8, Heads = 2, IntermediateSize = 16, VocabularySize = 20,
    };
    private static readonly SpecOptions s_options = new() { Bits = 4 };

    [Fact]
    public void Bert_has_six_matrices_per_layer_and_a_pooler_where_the_head_needs_one()
    {
        ModelSpec spec = Build(s_config, s_options with { Head = BertHead.SequenceClassification, LabelCount = 3 });
        Assert.Equal(13, spec.Matrices.Count);
        Assert.Equal(
            ["attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense", "intermediate.dense", "output.dense"],
            spec.Matrices.Take(6).Select(m => m.Name["encoder.layer.0.".Length..]));
        Assert.Equal("encoder.layer.1.output.dense", spec.Matrices[11].Name);
        Assert.Equal((8, 16), (spec.Matrices[11].Rows, spec.Matrices[11].Columns));
        Assert.Equal("pooler.dense", spec.Matrices[12].Name);
        Assert.Equal((3, "classifier"), (spec.OutputCount, spec.OutputLayerName));
        Assert.Equal(12, Build(s_config, s_options with { Head = BertHead.TokenClassification }).Matrices.Count);
    }

    [Fact]
    public void Albert_has_one_layer_and_a_mapping_before_it()
    {
        ModelSpec spec = Build(s_config with { Architecture = BertArchitecture.Albert, EmbeddingSize = 4 }, s_options);
        Assert.Equal(7, spec.Matrices.Count);
        Assert.Equal(("encoder.embedding_hidden_mapping_in", 8, 4), (spec.Matrices[0].Name, spec.Matrices[0].Rows, spec.Matrices[0].Columns));
        Assert.Equal((1, 2), (spec.BlockCount, spec.UsesPerBlock));
        Assert.Equal([1, 2, 2, 2, 2], spec.ActivationSites().Select(s => s.Uses));
    }

    [Theory]
    [InlineData(BertHead.Encoder, 0, "")]
    [InlineData(BertHead.Embedding, 0, "")]
    [InlineData(BertHead.Regression, 1, "classifier")]
    [InlineData(BertHead.QuestionAnswering, 2, "qa_outputs")]
    [InlineData(BertHead.TokenClassification, 5, "classifier")]
    public void Heads_decide_the_outputs(BertHead head, int outputs, string layer)
    {
        ModelSpec spec = Build(s_config, s_options with { Head = head, LabelCount = 5 });
        Assert.Equal((outputs, layer), (spec.OutputCount, spec.OutputLayerName));
    }

    [Fact]
    public void Query_key_and_value_share_an_activation_site()
    {
        IReadOnlyList<ActivationSite> sites = Build(s_config, s_options with { LayerBits = Rules(("encoder.layer.0.attention.self.*", 32)) }).ActivationSites();
        Assert.Equal(8, sites.Count);
        Assert.Equal(new ActivationSite("encoder.layer.0.attention.self", 8, 1, IsQuantized: false), sites[0]);
        Assert.Equal(new ActivationSite("encoder.layer.0.output.dense", 16, 1, IsQuantized: true) { IsOneSided = true }, sites[3]);
    }

    [Fact]
    public void Later_overrides_win_and_a_plan_wins_over_attributes()
    {
        ModelSpec spec = Build(s_config, s_options with
        {
            LayerBits = Rules(("encoder.layer.*", 8), ("*.query", 2), ("*.key", 1)),
            Plan = Plan(Entry("*.key") with { Bits = 3 }, Entry("encoder.layer.1.*") with { Mapping = Mapping.Asymmetric, GroupCount = 4 }),
        });
        Assert.Equal([2, 3, 8, 8, 8, 8], spec.Matrices.Take(6).Select(m => m.Bits));
        Assert.Equal((Mapping.Asymmetric, 4), (spec.Matrices[7].Mapping, spec.Matrices[7].GroupCount));
        Assert.Equal((Mapping.Symmetric, 1), (spec.Matrices[1].Mapping, spec.Matrices[1].GroupCount));
    }

    [Fact]
    public void A_plan_that_chooses_a_granularity_drops_the_other_ones_default()
    {
        ModelSpec rows = Build(s_config, s_options with { GroupSize = 32, Plan = Plan(Entry("*.query") with { GroupCount = 2 }) });
        Assert.Equal((2, 0), (rows.Matrices[0].GroupCount, rows.Matrices[0].GroupSize));
        Assert.Equal((1, 32), (rows.Matrices[1].GroupCount, rows.Matrices[1].GroupSize));
        ModelSpec columns = Build(s_config, s_options with { GroupCount = 4, Plan = Plan(Entry("*.query") with { GroupSize = 64 }) });
        Assert.Equal((1, 64), (columns.Matrices[0].GroupCount, columns.Matrices[0].GroupSize));
        ModelSpec mixed = Build(s_config, s_options with { GroupSize = 32, Plan = Plan(Entry("*.query") with { GroupBits = Bits(2, 4) }) });
        Assert.Equal((2, 0, 4), (mixed.Matrices[0].GroupCount, mixed.Matrices[0].GroupSize, mixed.Matrices[0].Bits));
    }

    [Fact]
    public void Settings_that_mean_nothing_are_normalised_away()
    {
        SpecOptions odd = s_options with { GroupCount = 2, Mapping = Mapping.Asymmetric };
        MatrixSpec full = Build(s_config, odd with { Bits = 32 }).Matrices[0];
        Assert.Equal((1, 0, Mapping.Symmetric, Storage.FullPrecision), (full.GroupCount, full.GroupSize, full.Mapping, full.Storage));
        Assert.Equal(Storage.FullPrecision, Build(s_config, odd with { EmbeddingBits = 32 }).EmbeddingStorage);
        MatrixSpec equal = Build(s_config, s_options with { Plan = Plan(Entry("*.query") with { GroupBits = Bits(2, 2) }) }).Matrices[0];
        Assert.Equal((2, 2, false), (equal.Bits, equal.GroupCount, equal.IsMixed));
    }

    [Fact]
    public void Codebooks_meet_activations_of_full_precision()
    {
        SpecOptions clusters = s_options with { Bits = 3, EmbeddingBits = 4, Storage = Storage.Codebook, GroupCount = 1 };
        ModelSpec spec = Build(s_config, clusters);
        Assert.Equal(32, spec.ActivationBits);
        Assert.All(spec.Matrices, m => Assert.Equal((true, false, 8, 0), (m.HasCodebook, m.HasIntegerProduct, m.CodebookLength, m.ScaleCount)));
        Assert.True(spec.HasEmbeddingCodebook);
        Assert.All(spec.ActivationSites(), site => Assert.False(site.IsQuantized));
        ModelSpec mixed = Build(s_config, clusters with { Plan = Plan(Entry("*.query") with { Storage = Storage.Uniform }) });
        Assert.Equal(8, mixed.ActivationBits);
        Assert.Equal(8, Build(s_config, s_options with { Bits = 32, EmbeddingBits = 32, Storage = Storage.Codebook }).ActivationBits);
    }

    [Theory]
    [InlineData(2, Storage.Uniform, null, 8)]
    [InlineData(32, Storage.Uniform, null, 32)]
    [InlineData(3, Storage.Codebook, null, 3)]
    [InlineData(3, Storage.Codebook, Storage.Uniform, 8)]
    [InlineData(4, Storage.Uniform, Storage.Codebook, 4)]
    [InlineData(4, Storage.Uniform, Storage.FullPrecision, 32)]
    public void The_embedding_has_as_many_bits_as_weights_where_8_would_make_no_sense(int bits, Storage storage, Storage? embedding, int expected)
    {
        ModelSpec spec = Build(s_config, new SpecOptions { Bits = bits, Storage = storage, EmbeddingStorage = embedding });
        Assert.Equal(expected, spec.EmbeddingBits);
        Assert.Equal(expected == 32, !spec.HasQuantizedEmbedding);
    }

    [Fact]
    public void Attention_has_four_sites_a_layer()
    {
        Assert.Empty(Build(s_config, s_options).AttentionSites());
        ModelSpec spec = Build(s_config with { Layers = 2 }, s_options with { AttentionBits = 8 });
        Assert.Equal(8, spec.AttentionSites().Count);
        Assert.Equal("encoder.layer.1.attention.self.query.output", spec.AttentionSites()[4].Name);
        Assert.Equal([false, false, false, true], spec.AttentionSites().Take(4).Select(site => site.IsProbabilities));
        Assert.Equal(Build(s_config with { Layers = 2 }, s_options).ActivationSites(), spec.ActivationSites());
    }

    [Fact]
    public void Labels_and_the_files_head_are_no_part_of_the_model() =>
        Assert.Equal(
            Build(s_config, s_options),
            Build(s_config with { Labels = new EquatableArray<string>(["x"]), Head = BertHead.Regression }, s_options));

    internal static ModelSpec Build(ModelConfig config, SpecOptions options)
    {
        var issues = new List<SpecIssue>();
        ModelSpec? spec = SpecBuilder.Build(config, options, issues);
        Assert.Empty(issues);
        return spec!;
    }

    internal static EquatableArray<LayerBitsRule> Rules(params (string Pattern, int Bits)[] rules) =>
        new(rules.Select(r => new LayerBitsRule(r.Pattern, r.Bits)));

    internal static EquatableArray<PlanEntry> Plan(params PlanEntry[] entries) => new(entries);

    internal static PlanEntry Entry(string pattern) => new(pattern, null, null, null, null, default);

    internal static EquatableArray<int> Bits(params int[] bits) => new(bits);
}
