using Microsoft.CodeAnalysis;
using QuantGen.Generators.Emission;
using QuantGen.Generators.Emission.Kernels;
using QuantGen.Generators.Specs;
using QuantGen.Generators.Tests.Running;
using QuantGen.Graph;
using QuantGen.Specs;

namespace QuantGen.Generators.Tests.Emission;

/// <summary>Small facts about emitted text.</summary>
public sealed class EmissionTests
{
    [Theory]
    [InlineData(1, "W1")]
    [InlineData(2, "W2")]
    [InlineData(3, "W3")]
    [InlineData(4, "W4")]
    [InlineData(5, "W5")]
    [InlineData(6, "W6")]
    [InlineData(7, "W7")]
    [InlineData(8, "W8")]
    [InlineData(32, "F32")]
    public void Only_the_kernels_in_use_are_emitted(int bits, string suffix)
    {
        IEnumerable<string> hints = Tiny.Run($"{bits}").Sources.Select(s => s.HintName);
        Assert.Equal(
            ["Sample.Tiny.Model.g.cs", "Sample.Tiny.Spec.g.cs", "Sample.Tiny.Plan.g.cs", "Sample.Tiny.Encoder.g.cs", $"QuantGen.Kernels.{suffix}.g.cs"], hints);
    }

    [Fact]
    public void Two_classes_of_one_width_share_one_kernel_that_names_neither()
    {
        string attribute = $"[QuantGen.QuantizedBert(2, {Tiny.Dimensions}";
        GeneratorRun run = GeneratorRun.Of(TestCompilation.Create(
            $"namespace A {{ {attribute})] public partial class Alpha; }} namespace B {{ {attribute}, "
            + $"HiddenActivation = QuantGen.HiddenActivation.GeluNew)] public partial class Beta; }}"))
            .AssertCompiles();
        GeneratedSourceResult kernel = Assert.Single(run.Sources, s => s.HintName.Contains("Kernels", StringComparison.Ordinal));
        Assert.Equal("QuantGen.Kernels.W2.g.cs", kernel.HintName);
        string text = kernel.SourceText.ToString();
        Assert.Contains("namespace QuantGen.Generated.Kernels\n", text, StringComparison.Ordinal);
        Assert.Contains("internal static class W2\n", text, StringComparison.Ordinal);
        Assert.DoesNotMatch("Alpha|Beta", text);
        foreach (string encoder in (string[])["A.Alpha.Encoder.g.cs", "B.Beta.Encoder.g.cs"])
        {
            Assert.Contains("W2.Linear(", Assert.Single(run.Sources, s => s.HintName == encoder).SourceText.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Codebooks_have_a_kernel_of_their_width_on_top_of_full_precision_and_no_activation_codes()
    {
        Dictionary<string, string> files = Files(new SpecOptions { Bits = 3, EmbeddingBits = 2, Storage = Storage.Codebook });
        Assert.Equal(["QuantGen.Kernels.W3Codebook.g.cs", "QuantGen.Kernels.F32.g.cs"], files.Keys.Where(k => k.Contains("Kernels", StringComparison.Ordinal)));
        string encoder = files["Sample.Tiny.Encoder.g.cs"];
        Assert.Contains("W3Codebook.Linear(", encoder, StringComparison.Ordinal);
        Assert.Contains("ref hidden, HiddenSize, count, LinearWeights.OpenCodebook(pass, Layer0AttentionSelfQuery, 8, 8)", encoder, StringComparison.Ordinal);
        Assert.Contains("Embedding.RunCodebook(", encoder, StringComparison.Ordinal);
        Assert.DoesNotContain("Stage.", encoder, StringComparison.Ordinal);
        Assert.DoesNotContain("TokenScales", files["Sample.Tiny.Plan.g.cs"], StringComparison.Ordinal);
        Assert.Contains("a codebook per matrix", files["Sample.Tiny.Model.g.cs"], StringComparison.Ordinal);
    }

    [Fact]
    public void Mixed_precision_emits_each_width_once_and_puts_rows_back()
    {
        var entry = new PlanEntry("encoder.layer.1.intermediate.dense", null, 4, null, null, new EquatableArray<int>([4, 2, 8, 2]));
        Dictionary<string, string> files = Files(new SpecOptions { Bits = 2, Plan = new EquatableArray<PlanEntry>([entry]) });
        Assert.Equal(["F2", "F4", "F8"], files.Keys.Where(k => k.Contains("Kernels", StringComparison.Ordinal)).Select(k => "F" + k.Split(".W")[1][0]));
        string encoder = files["Sample.Tiny.Encoder.g.cs"];
        Assert.Contains(
            "ref pass.LocalFloats(worker, Stored), 16, ref intermediate, IntermediateSize, count, new[] { 1, 3, 0, 2 }, 4);", encoder,
            StringComparison.Ordinal);
        Assert.Single(Lines(encoder), l => l.Contains("StoredRows.", StringComparison.Ordinal));
        Assert.Contains("LinearWeights.Open(pass, Layer1IntermediateDense, rows: 8,", encoder, StringComparison.Ordinal);
        Assert.Contains("LinearPlace Layer1IntermediateDensePart3 =>", files["Sample.Tiny.Plan.g.cs"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(BertHead.Encoder, 5)]
    [InlineData(BertHead.Embedding, 5)]
    [InlineData(BertHead.SequenceClassification, 6)]
    [InlineData(BertHead.Regression, 6)]
    [InlineData(BertHead.TokenClassification, 6)]
    [InlineData(BertHead.QuestionAnswering, 6)]
    public void Two_layers_are_five_phases_and_a_head_is_one_more(BertHead head, int phases)
    {
        string encoder = Files(new SpecOptions { Bits = 2, Head = head })["Sample.Tiny.Encoder.g.cs"];
        Assert.Contains($"public int PhaseCount => {phases};", encoder, StringComparison.Ordinal);
        Assert.Equal(phases == 6, encoder.Contains("ComputeHead(", StringComparison.Ordinal));
    }

    [Fact]
    public void Bert_has_a_method_pair_for_each_layer_and_Albert_one_with_the_use_as_argument()
    {
        string bert = Files(new SpecOptions { Bits = 2 })["Sample.Tiny.Encoder.g.cs"];
        Assert.Contains("Layer1Project(pass, worker, first, count);", bert, StringComparison.Ordinal);
        Assert.DoesNotContain("int use", bert, StringComparison.Ordinal);

        string albert = Files(new SpecOptions { Bits = 2, ActivationRange = ActivationRange.Static }, BertArchitecture.Albert)["Sample.Tiny.Encoder.g.cs"];
        Assert.DoesNotContain("void Layer1", albert, StringComparison.Ordinal);
        Assert.Contains("private static void LayerProject(ForwardPass pass, int worker, int first, int count, int use)", albert, StringComparison.Ordinal);
        Assert.Contains("LayerFinish(pass, worker, first, count, use: 1);", albert, StringComparison.Ordinal);
        Assert.Contains("Layer0 + InLayer.AttentionSelfInputScale", albert, StringComparison.Ordinal);
        Assert.Contains("use: use)", albert, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 0, 1, 0)]
    [InlineData(2, 0, 1, 0)]
    [InlineData(2, 32, 0, 3)]
    [InlineData(4, 0, 0, 3)]
    public void Query_key_and_value_share_one_quantization_of_their_input_and_its_tables(int bits, int groupSize, int beside, int alone)
    {
        string encoder = Files(new SpecOptions { Bits = bits, GroupSize = groupSize })["Sample.Tiny.Encoder.g.cs"];
        string project = encoder[
            encoder.IndexOf("void Layer0Project", StringComparison.Ordinal)..encoder.IndexOf("void Layer0Finish", StringComparison.Ordinal)];
        Assert.Single(Lines(project), l => l.Contains("Stage.PerToken(", StringComparison.Ordinal));
        Assert.Equal(beside, Lines(project).Count(l => l.Contains(".LinearBeside(", StringComparison.Ordinal)));
        Assert.Equal(alone, Lines(project).Count(l => l.Contains(".Linear(x, LinearWeights.Open(", StringComparison.Ordinal)));
        Assert.Equal(3, Lines(project).Count(l => l.Contains("LinearWeights.Open(", StringComparison.Ordinal)));
    }

    [Fact]
    public void Emitted_text_follows_the_house_rules()
    {
        var options = new SpecOptions { Bits = 4, GroupSize = 32, Mapping = Mapping.Asymmetric, Head = BertHead.QuestionAnswering };
        foreach ((string hint, string text) in Files(options))
        {
            Assert.StartsWith("// <auto-generated/>\n#nullable enable\n", text, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", text, StringComparison.Ordinal);
            Assert.DoesNotContain('\r', text);
            Assert.DoesNotContain('\t', text);
            Assert.DoesNotContain(Lines(text), l => l.EndsWith(' '));
            Assert.EndsWith("}\n", text, StringComparison.Ordinal);
            Assert.NotEqual("QuantGen.Kernels.W4.g.cs", hint);
        }
    }

    [Theory]
    [InlineData(0f, "0f")]
    [InlineData(-0f, "-0f")]
    [InlineData(0.1f, "0.100000001f")]
    [InlineData(1e-12f, "9.99999996E-13f")]
    [InlineData(float.NaN, "float.NaN")]
    [InlineData(float.NegativeInfinity, "float.NegativeInfinity")]
    public void Float_literals_read_back_to_the_same_bits(float value, string literal) => Assert.Equal(literal, FloatLiteral.Of(value));

    [Theory]
    [InlineData("encoder.layer.0.attention.self.query", "EncoderLayer0AttentionSelfQuery")]
    [InlineData("encoder.embedding_hidden_mapping_in", "EncoderEmbeddingHiddenMappingIn")]
    public void Identifiers_come_from_the_models_own_names(string name, string identifier)
    {
        Assert.Equal(identifier, Identifier.Of(name));
        Assert.Equal(identifier + "Part2", Identifier.Of(name, 1));
    }

    [Fact]
    public void Every_combination_of_settings_compiles()
    {
        string[] settings =
        [
            "1, EmbeddingBits = 2, Head = BertHead.Regression",
            "2, GroupSize = 32, ActivationRange = ActivationRange.Static, Head = BertHead.TokenClassification, EmbeddingBits = 32",
            "3, 4, Mapping = Mapping.Asymmetric, Architecture = BertArchitecture.Albert, EmbeddingSize = 4, Head = BertHead.QuestionAnswering",
            "4, GroupSize = 32, Mapping = Mapping.Asymmetric, EmbeddingBits = 4",
            "5, GroupSize = 32, EmbeddingBits = 3, ActivationBits = 6",
            "6, GroupSize = 32, Mapping = Mapping.Asymmetric, EmbeddingBits = 5, AttentionBits = 6",
            "7, 4, Mapping = Mapping.Asymmetric, EmbeddingBits = 7, ActivationBits = 3",
            "8, 8, Architecture = BertArchitecture.Albert, ActivationRange = ActivationRange.Static, Head = BertHead.Embedding",
            "32, HiddenActivation = HiddenActivation.GeluNew",
        ];
        Tiny.Run("1, 4, ActivationBits = 1, EmbeddingBits = 32, HiddenActivation = HiddenActivation.Relu").AssertCompiles();
        foreach (string arguments in settings)
        {
            Tiny.Run(arguments, more: "[LayerBits(\"encoder.layer.0.output.dense\", 8)]").AssertCompiles();
        }
    }

    [Fact]
    public void Training_code_compiles_for_every_scheme_and_head_without_a_message()
    {
        string[] settings =
        [
            "32, EmbeddingBits = 32, Head = BertHead.Regression",
            "2, 4, EmbeddingBits = 2, ActivationRange = ActivationRange.Static, AttentionBits = 4, Head = BertHead.TokenClassification",
            "4, Architecture = BertArchitecture.Albert, EmbeddingSize = 4, ActivationRange = ActivationRange.Static, AttentionBits = 8, "
            + "Head = BertHead.QuestionAnswering",
            "2, EmbeddingBits = 2, AttentionBits = 8, Head = BertHead.MaskedLanguageModel",
            "3, EmbeddingBits = 3, Storage = Storage.Codebook, HiddenActivation = HiddenActivation.GeluNew",
            "8, ActivationRange = ActivationRange.Static, Architecture = BertArchitecture.Albert, EmbeddingSize = 4, Head = BertHead.SequenceClassification",
        ];
        foreach (string arguments in settings)
        {
            GeneratorRun run = Tiny.Run(arguments + ", Training = true", more: "[LayerBits(\"encoder.layer.0.attention.self.key\", 32)]").AssertCompiles();
            Assert.Single(run.Sources, s => s.HintName == "Sample.Tiny.Training.g.cs");
        }
    }

    [Theory]
    [InlineData("4, Mapping = Mapping.Asymmetric", "Asymmetric codes", "Scheme.Lsq learns their scales")]
    [InlineData("4, GroupSize = 32", "Scales for groups along the inputs", "use groups of rows")]
    public void Training_refuses_codes_that_no_training_scheme_has_and_names_one(string arguments, string what, string instead)
    {
        string message = Assert.Single(Tiny.Run(arguments + ", Training = true").AssertRejected("QG1115"))
            .GetMessage(System.Globalization.CultureInfo.InvariantCulture);
        Assert.StartsWith(
            what + " (matrix 'encoder.layer.0.attention.self.query') cannot be trained, only quantized after training; ", message, StringComparison.Ordinal);
        Assert.Contains(instead, message, StringComparison.Ordinal);
        Tiny.Run(arguments).AssertCompiles();
    }

    [Fact]
    public void Training_code_is_the_only_difference_that_training_makes()
    {
        var options = new SpecOptions { Bits = 2, Head = BertHead.SequenceClassification };
        Dictionary<string, string> without = Files(options);
        Dictionary<string, string> with = Files(options with { Training = true });
        Assert.True(with.Remove("Sample.Tiny.Training.g.cs"));
        Assert.Equal(without, with);
    }

    [Fact]
    public void Labels_of_the_attribute_reach_the_program_and_others_stay_in_the_packed_file()
    {
        GeneratorRun own = Tiny.Run("bits: 2, Head = BertHead.SequenceClassification, Labels = new[] { \"no\", \"\\\"so\\\"\" }").AssertCompiles();
        Assert.Contains(own.Sources, s => s.SourceText.ToString().Contains("Labels { get; } = new[] { \"no\", \"\\\"so\\\"\" };", StringComparison.Ordinal));
        GeneratorRun file = Tiny.Run("bits: 2, Head = BertHead.SequenceClassification").AssertCompiles();
        Assert.DoesNotContain(file.Sources, s => s.SourceText.ToString().Contains(" Labels { get; }", StringComparison.Ordinal));
    }

    internal static Dictionary<string, string> Files(SpecOptions options, BertArchitecture architecture = BertArchitecture.Bert) =>
        Files(Tiny.Spec(options, architecture));

    /// <summary>The files of a class and of the kernels it uses.</summary>
    internal static Dictionary<string, string> Files(ClassSpec spec) =>
        ModelSources.Emit(spec).Concat(KernelSources.InUse(spec.Model).SelectMany(KernelSources.Emit)).ToDictionary(f => f.Hint, f => f.Text);

    private static string[] Lines(string text) => text.Split('\n');
}
