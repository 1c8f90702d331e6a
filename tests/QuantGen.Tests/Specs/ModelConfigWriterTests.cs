using QuantGen.Architectures;
using QuantGen.Graph;

namespace QuantGen.Tests.Specs;

public sealed class ModelConfigWriterTests
{
    [Theory]
    [InlineData(BertArchitecture.Bert)]
    [InlineData(BertArchitecture.Albert)]
    [InlineData(BertArchitecture.DistilBert)]
    [InlineData(BertArchitecture.Electra)]
    public void What_is_written_is_read_again(BertArchitecture architecture)
    {
        ModelFamily family = ModelFamilies.Of(architecture);
        foreach (BertHead head in Enum.GetValues<BertHead>().Where(head => head != BertHead.Embedding))
        {
            ModelConfig config = family.Defaults with
            {
                Layers = 3, HiddenSize = 24, EmbeddingSize = family.HasEmbeddingProjection ? 8 : 24, Heads = 4, IntermediateSize = 40, VocabularySize = 50,
                MaxPositions = 60, HiddenActivation = HiddenActivation.QuickGelu, Head = head,
                Labels = new(head == BertHead.Regression ? ["score"] : ["a \"quoted\" label", "B-LOC", "LABEL_2"]),
            };
            var issues = new List<SpecIssue>();
            Assert.Equal(config, ModelConfigReader.Read(ModelConfigWriter.Write(config), "config.json", issues));
            Assert.Empty(issues);
        }
    }

    [Fact]
    public void Every_activation_function_has_a_name() =>
        Assert.All(Enum.GetValues<HiddenActivation>(), function => Assert.Equal(function, ActivationNames.Find(ActivationNames.Of(function))));
}
