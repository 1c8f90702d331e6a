using QuantGen.Architectures;
using QuantGen.Graph;
using QuantGen.Specs;

namespace QuantGen.Tests.Architectures;

/// <summary>Names of tensors in checkpoints of each family, and their canonical ones.</summary>
public sealed class FamilyNameTests
{
    private static readonly string[] s_base = ["embeddings.", "encoder."];

    [Theory]
    [InlineData(BertArchitecture.DistilBert, "distilbert.embeddings.word_embeddings.weight", "embeddings.word_embeddings.weight")]
    [InlineData(BertArchitecture.DistilBert, "distilbert.transformer.layer.11.attention.q_lin.weight", "encoder.layer.11.attention.self.query.weight")]
    [InlineData(BertArchitecture.DistilBert, "distilbert.transformer.layer.0.attention.out_lin.bias", "encoder.layer.0.attention.output.dense.bias")]
    [InlineData(BertArchitecture.DistilBert, "distilbert.transformer.layer.0.sa_layer_norm.weight", "encoder.layer.0.attention.output.LayerNorm.weight")]
    [InlineData(BertArchitecture.DistilBert, "distilbert.transformer.layer.0.ffn.lin1.weight", "encoder.layer.0.intermediate.dense.weight")]
    [InlineData(BertArchitecture.DistilBert, "distilbert.transformer.layer.0.output_layer_norm.bias", "encoder.layer.0.output.LayerNorm.bias")]
    [InlineData(BertArchitecture.DistilBert, "pre_classifier.weight", "pre_classifier.weight")]
    [InlineData(BertArchitecture.DistilBert, "vocab_transform.weight", "cls.predictions.transform.dense.weight")]
    [InlineData(BertArchitecture.DistilBert, "vocab_layer_norm.weight", "cls.predictions.transform.LayerNorm.weight")]
    [InlineData(BertArchitecture.DistilBert, "vocab_projector.bias", "cls.predictions.bias")]
    [InlineData(BertArchitecture.DistilBert, "vocab_projector.weight", "cls.predictions.decoder.weight")]
    [InlineData(BertArchitecture.Electra, "electra.embeddings_project.weight", "encoder.embedding_hidden_mapping_in.weight")]
    [InlineData(BertArchitecture.Electra, "electra.encoder.layer.3.output.dense.weight", "encoder.layer.3.output.dense.weight")]
    [InlineData(BertArchitecture.Electra, "classifier.out_proj.weight", "classifier.out_proj.weight")]
    [InlineData(BertArchitecture.Electra, "generator_predictions.dense.weight", "cls.predictions.transform.dense.weight")]
    [InlineData(BertArchitecture.Electra, "generator_predictions.LayerNorm.bias", "cls.predictions.transform.LayerNorm.bias")]
    [InlineData(BertArchitecture.Electra, "generator_lm_head.bias", "cls.predictions.bias")]
    [InlineData(BertArchitecture.Electra, "generator_lm_head.weight", "cls.predictions.decoder.weight")]
    public void Tensors_go_by_one_name_and_back(BertArchitecture architecture, string source, string canonical)
    {
        ModelFamily family = ModelFamilies.Of(architecture);
        Assert.Equal(canonical, family.Names.Canonical(source));
        Assert.Equal(source, family.SourceName(canonical, hasHead: true));
    }

    [Theory]
    [InlineData(BertArchitecture.Bert)]
    [InlineData(BertArchitecture.Albert)]
    [InlineData(BertArchitecture.DistilBert)]
    [InlineData(BertArchitecture.Electra)]
    public void Every_tensor_of_every_head_has_a_source_name_that_leads_back(BertArchitecture architecture)
    {
        ModelFamily family = ModelFamilies.Of(architecture);
        foreach (BertHead head in Enum.GetValues<BertHead>())
        {
            var issues = new List<SpecIssue>();
            ModelConfig config = family.Defaults with { Layers = 2 };
            ModelSpec spec = SpecBuilder.Build(config, new SpecOptions { Bits = 32, Head = head, LabelCount = 2, MaxSequenceLength = 16 }, issues)!;
            Assert.Empty(issues);
            foreach (TensorSpec tensor in PackedLayout.Checkpoint(spec))
            {
                Assert.All([true, false], hasHead => Assert.Equal(tensor.Name, family.Names.Canonical(family.SourceName(tensor.Name, hasHead))));
                bool isEncoder = Array.Exists(s_base, start => tensor.Name.StartsWith(start, StringComparison.Ordinal));
                Assert.Equal(!isEncoder, family.IsOfHead(tensor.Name));
            }
        }
    }

    [Fact]
    public void A_discriminators_own_head_may_stay_unused()
    {
        TensorNames names = ModelFamilies.Of(BertArchitecture.Electra).Names;
        Assert.True(names.IsIgnorable("discriminator_predictions.dense.weight"));
        Assert.False(names.IsIgnorable("classifier.dense.weight"));
    }
}
