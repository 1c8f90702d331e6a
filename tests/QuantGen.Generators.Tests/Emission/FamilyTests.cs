using QuantGen.Architectures;
using QuantGen.Generators.Tests.Running;

namespace QuantGen.Generators.Tests.Emission;

/// <summary>What holds for every family of models.</summary>
public sealed class FamilyTests
{
    [Theory]
    [InlineData(BertArchitecture.DistilBert)]
    [InlineData(BertArchitecture.Electra)]
    public void Every_head_compiles_for_inference_and_training(BertArchitecture architecture)
    {
        string classes = string.Concat(Enum.GetValues<BertHead>().Select(head =>
            $"[QuantGen.QuantizedBert(4, {Tiny.Dimensions}, Architecture = QuantGen.BertArchitecture.{architecture}, Head = QuantGen.BertHead.{head}, " +
            $"Training = true{(head is BertHead.SequenceClassification or BertHead.TokenClassification ? ", Labels = new[] { \"a\", \"b\", \"c\" }" : "")})] " +
            $"public partial class Model{head}; "));
        GeneratorRun run = GeneratorRun.Of(TestCompilation.Create("namespace Sample { " + classes + "}")).AssertCompiles();
        string family = ModelFamilies.Of(architecture).Name;
        foreach (BertHead head in Enum.GetValues<BertHead>())
        {
            string text = run.Sources.Single(source => source.HintName == $"Sample.Model{head}.Model.g.cs").SourceText.ToString();
            Assert.Contains($"{family} with 2 layers, hidden size 8", text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("DistilBert, TypeVocabularySize = 2", "QG1203", "TypeVocabularySize is 2, and tokens of DistilBERT have no types")]
    [InlineData("DistilBert, EmbeddingSize = 4", "QG1203", "EmbeddingSize is 4, and DistilBERT needs it equal to HiddenSize 8")]
    [InlineData("Electra, EmbeddingSize = 4, TypeVocabularySize = 0", "QG1203", "TypeVocabularySize is 0")]
    public void Dimensions_that_a_family_does_not_have_are_named(string arguments, string id, string message)
    {
        Microsoft.CodeAnalysis.Diagnostic diagnostic = Assert.Single(Tiny.Run("4, Architecture = BertArchitecture." + arguments).AssertRejected(id));
        Assert.Contains(message, diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_attribute_leaves_out_is_the_familys()
    {
        string Plan(string arguments) => GeneratorRun.Of(TestCompilation.Create(Tiny.Source(arguments))).AssertCompiles()
            .Sources.Single(source => source.HintName == "Sample.Tiny.Spec.g.cs").SourceText.ToString();
        string distilled = Plan("4, Architecture = BertArchitecture.DistilBert, HiddenSize = 96");
        Assert.Contains("\"architecture\": \"distil_bert\"", distilled, StringComparison.Ordinal);
        Assert.Contains("\"layers\": 6", distilled, StringComparison.Ordinal);
        Assert.Contains("\"embedding_size\": 96", distilled, StringComparison.Ordinal);
        Assert.Contains("\"type_vocabulary_size\": 0", distilled, StringComparison.Ordinal);
        string electra = Plan("4, Architecture = BertArchitecture.Electra, Layers = 2");
        Assert.Contains("\"embedding_size\": 128", electra, StringComparison.Ordinal);
        Assert.Contains("\"hidden_size\": 256", electra, StringComparison.Ordinal);
    }
}
