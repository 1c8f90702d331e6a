using Microsoft.CodeAnalysis;
using QuantGen.Generators.Tests.Running;
using QuantGen.Graph;
using QuantGen.Specs;

namespace QuantGen.Generators.Tests.Parsing;

/// <summary>The form of the attribute that takes everything from a spec file.</summary>
public sealed class SpecFileRuleTests
{
    private const string Name = "tiny.spec.json";

    private static readonly ModelSpec s_model = Tiny.Spec(new SpecOptions { Bits = 3, Head = BertHead.SequenceClassification, LabelCount = 2 }).Model;

    private static readonly string s_text = new SpecFile(s_model, new EquatableArray<string>(["bad", "good"]), new Recipe()).Write();

    [Fact]
    public void A_spec_file_makes_the_code_that_the_explicit_form_makes()
    {
        GeneratorRun described = Run($"Spec = \"{Name}\", MaxSequenceLength = 16, MaxBatchTokens = 32", s_text).AssertCompiles();
        GeneratorRun written = Tiny.Run("3, Head = BertHead.SequenceClassification, Labels = new[] { \"bad\", \"good\" }").AssertCompiles();
        Assert.Equal(written.Sources.Select(s => (s.HintName, s.SourceText.ToString())), described.Sources.Select(s => (s.HintName, s.SourceText.ToString())));
    }

    [Fact]
    public void Bounds_and_training_go_with_it()
    {
        GeneratorRun run = Run($"Spec = \"{Name}\", Training = true", s_text).AssertCompiles();
        Assert.Contains(run.Sources, s => s.HintName.EndsWith(".Training.g.cs", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Spec = \"other.spec.json\"", "QG1209", "\"other.spec.json\"")]
    [InlineData("2, Spec = \"tiny.spec.json\"", "QG1211", "2")]
    [InlineData("Spec = \"tiny.spec.json\", Head = BertHead.Encoder", "QG1211", "BertHead.Encoder")]
    [InlineData("Spec = \"tiny.spec.json\", Layers = 2", "QG1211", "2")]
    [InlineData("Spec = \"tiny.spec.json\", MaxSequenceLength = 17", "QG1110", "17")]
    [InlineData("Spec = \"tiny.spec.json\", MaxBatchTokens = 3", "QG1111", "3")]
    [InlineData("MaxBatchTokens = 64", "QG1212", "Tiny")]
    public void Rejects_an_attribute(string arguments, string id, string place)
    {
        Diagnostic found = Assert.Single(Run(arguments, s_text).AssertRejected(id));
        Assert.Equal(place, AttributeRuleTests.TextAt(found));
    }

    [Theory]
    [InlineData("\"bits\": 3", "\"bits\": 33", "QG1210")]
    [InlineData("\"spec\"", "\"specification\"", "QG1210")]
    [InlineData("{", "", "QG1210")]
    public void Rejects_a_file_that_describes_no_model(string part, string other, string id)
    {
        Diagnostic found = Assert.Single(Run($"Spec = \"{Name}\"", s_text.Replace(part, other, StringComparison.Ordinal)).AssertRejected(id));
        Assert.Equal($"\"{Name}\"", AttributeRuleTests.TextAt(found));
    }

    [Fact]
    public void Training_of_codes_that_cannot_be_trained_is_refused()
    {
        ModelSpec model = Tiny.Spec(new SpecOptions { Bits = 3, Mapping = Mapping.Asymmetric }).Model;
        Run($"Spec = \"{Name}\", Training = true", new SpecFile(model, default, null).Write()).AssertRejected("QG1115");
        ModelSpec factors = Tiny.Spec(new SpecOptions { Bits = 3, HasResidualFactors = true }).Model;
        Run($"Spec = \"{Name}\", Training = true", new SpecFile(factors, default, null).Write()).AssertRejected("QG1115");
    }

    private static GeneratorRun Run(string arguments, string text) =>
        GeneratorRun.Of(TestCompilation.Create(Tiny.Source(arguments)), new TestFile("/models/" + Name, text));
}
