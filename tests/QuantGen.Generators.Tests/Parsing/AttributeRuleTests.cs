using Microsoft.CodeAnalysis;
using QuantGen.Generators.Tests.Running;

namespace QuantGen.Generators.Tests.Parsing;

/// <summary>One case or more for every rule about the attribute: exactly its id, at the argument concerned.</summary>
public sealed class AttributeRuleTests
{
    private const string Shape = "Layers = 1, HiddenSize = 8, Heads = 2, IntermediateSize = 16, VocabularySize = 12";

    [Theory]
    [InlineData("0", "QG1101", "0")]
    [InlineData("9", "QG1101", "9")]
    [InlineData("33", "QG1101", "33")]
    [InlineData("bits: int.MinValue", "QG1101", "int.MinValue")]
    [InlineData("groups: 2, bits: 9", "QG1101", "9")]
    [InlineData("2, 0", "QG1102", "0")]
    [InlineData("2, -1", "QG1102", "-1")]
    [InlineData("2, 7", "QG1102", "7")]
    [InlineData("groups: 3, bits: 2", "QG1102", "3")]
    [InlineData("2, int.MaxValue", "QG1102", "int.MaxValue")]
    [InlineData("2, GroupSize = 7", "QG1103", "7")]
    [InlineData("2, GroupSize = -32", "QG1103", "-32")]
    [InlineData("2, GroupSize = int.MaxValue", "QG1103", "int.MaxValue")]
    [InlineData("2, 2, GroupSize = 32", "QG1104", "32")]
    [InlineData("2, ActivationBits = 1", "QG1105", "1")]
    [InlineData("1, ActivationBits = 1, GroupSize = 32", "QG1114", "32")]
    [InlineData("1, Attention = AttentionKind.Boolean, AttentionBits = 8", "QG1114", "8")]
    [InlineData("1, Attention = (AttentionKind)2", "QG1112", "(AttentionKind)2")]
    [InlineData("1, ActivationBits = 1, ActivationRange = ActivationRange.PerToken", "QG1114", "ActivationRange.PerToken")]
    [InlineData("2, ActivationBits = 32", "QG1105", "32")]
    [InlineData("2, AttentionBits = 9", "QG1105", "9")]
    [InlineData("8, Storage = Storage.Codebook, EmbeddingBits = 4", "QG1101", "8")]
    [InlineData("4, Storage = Storage.FullPrecision", "QG1101", "4")]
    [InlineData("2, Storage = (Storage)9", "QG1112", "(Storage)9")]
    [InlineData("2, Storage = Storage.Codebook, Mapping = Mapping.Asymmetric", "QG1114", "Mapping.Asymmetric")]
    [InlineData("2, Training = true, Mapping = Mapping.Asymmetric", "QG1115", "Mapping.Asymmetric")]
    [InlineData("8, Numerics = Numerics.Integer, ActivationBits = 4", "QG1116", "4")]
    [InlineData("8, Numerics = Numerics.Integer, AttentionBits = 32", "QG1116", "32")]
    [InlineData("8, Numerics = Numerics.Integer, ActivationRange = ActivationRange.PerToken", "QG1116", "ActivationRange.PerToken")]
    [InlineData("8, Numerics = Numerics.Integer, HiddenActivation = HiddenActivation.Silu", "QG1116", "HiddenActivation.Silu")]
    [InlineData("8, Numerics = Numerics.Integer, Head = BertHead.MaskedLanguageModel", "QG1116", "BertHead.MaskedLanguageModel")]
    [InlineData("8, Numerics = Numerics.Integer, Training = true", "QG1116", "true")]
    [InlineData("1, Numerics = Numerics.Integer", "QG1116", "1")]
    [InlineData("8, Numerics = Numerics.Quantized, AttentionBits = 32", "QG1117", "32")]
    [InlineData("8, Numerics = Numerics.Quantized, EmbeddingBits = 32", "QG1117", "32")]
    [InlineData("8, Numerics = Numerics.Quantized, ActivationRange = ActivationRange.PerToken", "QG1117", "ActivationRange.PerToken")]
    [InlineData("8, Numerics = Numerics.Quantized, Head = BertHead.MaskedLanguageModel", "QG1117", "BertHead.MaskedLanguageModel")]
    [InlineData("8, Numerics = Numerics.Quantized, Mapping = Mapping.Asymmetric", "QG1117", "Mapping.Asymmetric")]
    [InlineData("8, Numerics = Numerics.Quantized, Training = true", "QG1117", "true")]
    [InlineData("1, Numerics = Numerics.Quantized", "QG1117", "1")]
    [InlineData("8, Mapping = Mapping.Offset", "QG1117", "Mapping.Offset")]
    [InlineData("8, Numerics = (Numerics)9", "QG1112", "(Numerics)9")]
    [InlineData("5, Storage = Storage.Codebook, EmbeddingBits = 8", "QG1106", "8")]
    [InlineData("2, EmbeddingBits = 9", "QG1106", "9")]
    [InlineData("2, PositionBits = 16", "QG1106", "16")]
    [InlineData("3, Storage = Storage.Codebook, ActivationBits = 8", "QG1105", "8")]
    [InlineData("2, EmbeddingBits = 10", "QG1106", "10")]
    [InlineData("1, Mapping = Mapping.Asymmetric", "QG1109", "Mapping.Asymmetric")]
    [InlineData("2, Head = (BertHead)99", "QG1112", "(BertHead)99")]
    [InlineData("2, EmbeddingStorage = (Storage)(-1)", "QG1112", "(Storage)(-1)")]
    [InlineData("2, Labels = new[] { \"a\", \"a\" }", "QG1113", "new[] { \"a\", \"a\" }")]
    [InlineData("2, Labels = new[] { \"a\", null! }", "QG1113", "new[] { \"a\", null! }")]
    [InlineData("2, Head = BertHead.TokenClassification, Labels = new string[0]", "QG1113", "new string[0]")]
    [InlineData("2, Config = \"missing.json\"", "QG1201", "\"missing.json\"")]
    [InlineData("2, Plan = \"missing.json\"", "QG1205", "\"missing.json\"")]
    public void Rejects_an_illegal_argument(string arguments, string id, string place)
    {
        Diagnostic found = Assert.Single(Tiny.Run(arguments).AssertRejected(id));
        Assert.Equal(place, TextAt(found));
    }

    [Theory]
    [InlineData("[LayerBits(\"nothing.*\", 4)]", "QG1107", "\"nothing.*\"")]
    [InlineData("[LayerBits(\"encoder..query\", 4)]", "QG1107", "\"encoder..query\"")]
    [InlineData("[LayerBits(\"\", 4)]", "QG1107", "\"\"")]
    [InlineData("[LayerBits(bits: 4, pattern: \"9-1\")]", "QG1107", "\"9-1\"")]
    [InlineData("[LayerBits(\"*\", 4), LayerBits(\"*query\", 9)]", "QG1108", "9")]
    public void Rejects_an_illegal_override(string more, string id, string place)
    {
        Diagnostic found = Assert.Single(Tiny.Run("2", more: more).AssertRejected(id));
        Assert.Equal(place, TextAt(found));
    }

    [Theory]
    [InlineData("MaxSequenceLength = 0", "QG1110", "0")]
    [InlineData("MaxSequenceLength = 513", "QG1110", "513")]
    [InlineData("MaxSequenceLength = 100, MaxBatchTokens = 99", "QG1111", "99")]
    [InlineData("MaxBatchTokens = int.MaxValue", "QG1111", "int.MaxValue")]
    public void Rejects_illegal_bounds_of_the_memory_plan(string arguments, string id, string place)
    {
        Diagnostic found = Assert.Single(GeneratorRun.Of(TestCompilation.Create(Tiny.Source($"2, {Shape}, {arguments}"))).AssertRejected(id));
        Assert.Equal(place, TextAt(found));
    }

    [Theory]
    [InlineData("HiddenSize = 2147483647", "2147483647", "QG1203")]
    [InlineData("HiddenSize = 0", "0", "QG1203")]
    [InlineData("HiddenSize = 768, Heads = 7", "7", "QG1203")]
    [InlineData("HiddenSize = 770", "770", "QG1203")]
    [InlineData("Heads = 0", "0", "QG1203")]
    [InlineData("Heads = int.MinValue", "int.MinValue", "QG1203")]
    [InlineData("Layers = 0", "0", "QG1203")]
    [InlineData("Layers = 129", "129", "QG1203")]
    [InlineData("IntermediateSize = -1", "-1", "QG1203")]
    [InlineData("VocabularySize = 1 << 23", "1 << 23", "QG1203")]
    [InlineData("TypeVocabularySize = 0", "0", "QG1203")]
    [InlineData("EmbeddingSize = 128", "128", "QG1203")]
    [InlineData("Architecture = BertArchitecture.Albert, EmbeddingSize = 0", "0", "QG1203")]
    public void Rejects_an_illegal_dimension(string arguments, string place, string id)
    {
        Diagnostic found = Assert.Single(GeneratorRun.Of(TestCompilation.Create(Tiny.Source("2, " + arguments))).AssertRejected(id));
        Assert.Equal(place, TextAt(found));
    }

    [Fact]
    public void Says_everything_that_is_wrong_at_once()
    {
        GeneratorRun run = GeneratorRun.Of(TestCompilation.Create(Tiny.Source("9, 0, Layers = 0, MaxPositions = 0, EmbeddingBits = 9, ActivationBits = 16")));
        run.AssertRejected("QG1101", "QG1102", "QG1105", "QG1106", "QG1110", "QG1203", "QG1203");
    }

    [Fact]
    public void Says_once_what_every_matrix_breaks_and_finds_a_value_for_all_of_them()
    {
        Diagnostic found = Assert.Single(
            GeneratorRun.Of(TestCompilation.Create(Tiny.Source("2, 7, HiddenSize = 48, IntermediateSize = 80"))).AssertRejected("QG1102"));
        Assert.Equal(
            "Matrix 'encoder.layer.0.attention.self.query' has 48 rows, which 7 groups cannot divide; the nearest legal count is 6 (so has 71 more)",
            found.GetMessage(System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal("8", found.Properties["NearestLegalValue"]);
    }

    [Theory]
    [InlineData("[QuantizedBert]")]
    [InlineData("[QuantizedBert(\"2\")]")]
    [InlineData("[QuantizedBert(new[] { 2 })]")]
    [InlineData("[QuantizedBert(2, Config = new[] { \"a\" })]")]
    [InlineData("[QuantizedBert(2, Labels = \"a\")]")]
    [InlineData("[QuantizedBert(2, Labels = new object[] { 1, new[] { 2 } })]")]
    [InlineData("[QuantizedBert(2, Head = \"a\", Layers = 1.5, Nothing = 3)]")]
    [InlineData("[QuantizedBert(2, Layers = )]")]
    [InlineData("[QuantizedBert(2, Layers = undefined), LayerBits(2, \"*\"), LayerBits(new[] { \"a\" }, new[] { 1 })]")]
    [InlineData("[QuantizedBert(2), LayerBits(null!, 4)]")]
    public void Never_throws_on_code_that_is_still_being_typed(string attribute)
    {
        GeneratorRun run = GeneratorRun.Of(TestCompilation.Create($"using QuantGen; {attribute} public partial class Tiny;"));
        Assert.Null(run.Result.Exception);
        Assert.Empty(run.GeneratorDiagnostics);
        Assert.DoesNotContain(run.Diagnose(), d => d.Id is "AD0001" or "QG9001");
    }

    [Fact]
    public void An_unrelated_attribute_of_the_same_name_means_nothing()
    {
        GeneratorRun run = GeneratorRun.Of(TestCompilation.Create("class QuantizedBertAttribute : System.Attribute; [QuantizedBert] class Tiny;"));
        Assert.Empty(run.Sources);
        Assert.Empty(run.Diagnose());
    }

    [Theory]
    [InlineData("QG2001")]
    public void Advises_when_much_of_the_work_is_padding(string id)
    {
        Diagnostic found = Assert.Single(Tiny.Run("2").AssertCompiles().Diagnose());
        Assert.Equal(id, found.Id);
        Assert.Equal(DiagnosticSeverity.Info, found.Severity);
        Assert.Contains(
            "spends 91% of its products on padding, most of it in 'encoder.layer.0.attention.self.query' (8 x 8)", found.GetMessage(null),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Has_no_advice_for_sizes_that_are_multiples_of_32() =>
        GeneratorRun.Of(TestCompilation.Create(Tiny.Source("2, Layers = 1, HiddenSize = 32, Heads = 2, IntermediateSize = 64, VocabularySize = 12")))
            .AssertCompiles(adviceAllowed: false);

    internal static string TextAt(Diagnostic diagnostic) => diagnostic.Location.SourceTree!.GetText().ToString(diagnostic.Location.SourceSpan);
}
