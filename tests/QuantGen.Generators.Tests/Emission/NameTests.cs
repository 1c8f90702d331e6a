using Microsoft.CodeAnalysis.CSharp;
using QuantGen.Generators.Tests.Running;

namespace QuantGen.Generators.Tests.Emission;

/// <summary>Whatever a legal class is called and wherever it stands, its code compiles.</summary>
public sealed class NameTests
{
    private const string Attribute = "[QuantGen.QuantizedBert(2, " + Tiny.Dimensions + ", Head = QuantGen.BertHead.SequenceClassification)]";

    [Theory]
    [InlineData("namespace A; ATTR public partial class @event;")]
    [InlineData("namespace A; ATTR public partial class @record;")]
    [InlineData("namespace A; ATTR public partial class @await;")]
    [InlineData("namespace A; ATTR partial class @dynamic;")]
    [InlineData("namespace A.@class.@namespace; ATTR public partial class Tiny;")]
    [InlineData("namespace A.@record.@partial; ATTR public partial class Tiny;")]
    [InlineData("ATTR public partial class Tiny;")]
    [InlineData("namespace Größe; ATTR public partial class Zählerÿ;")]
    [InlineData("namespace A; ATTR public partial class a\u203Fb;")]
    [InlineData("namespace A; ATTR public partial class IEncoder;")]
    [InlineData("namespace A; ATTR public partial class Attention;")]
    [InlineData("namespace A; ATTR public partial class Program;")]
    [InlineData("namespace A; ATTR public partial class Tiny; class Vector512; class Attention; class ForwardPass; class Unsafe; class Tiny2Program;")]
    [InlineData("namespace A; ATTR public partial class Tiny; class String; class Math; class Gelu; class Span; class IEncoderProgram; class ModelSpec; "
        + "class W2; class Kernels;")]
    [InlineData("namespace A.System; ATTR public partial class Tiny; class Object;")]
    [InlineData("namespace A.QuantGen.Execution; ATTR2 public partial class Tiny; class InferenceSession;")]
    [InlineData("namespace A; ATTR2 public partial class Tiny { class System; class QuantGen; }")]
    [InlineData("namespace A { ATTR public partial class Tiny; } namespace B { ATTR public partial class Tiny; }")]
    [InlineData("namespace A; ATTR public partial class Tiny; ATTR public partial class TINY;")]
    [InlineData("namespace A { ATTR public partial class Tiny; } namespace a { ATTR public partial class tiny; }")]
    [InlineData("namespace A; ATTR internal sealed partial class Tiny;")]
    [InlineData("namespace A; ATTR public unsafe partial class Tiny;", true)]
    [InlineData("namespace A; class Base; ATTR partial class Tiny : Base;")]
    [InlineData("namespace A; class Base { protected internal Base(int x = 1) { } public void Load() { } } ATTR partial class Tiny : Base;")]
    [InlineData("namespace A; interface IThing { int Size { get; } } ATTR partial class Tiny : IThing { public int Size => 1; }")]
    [InlineData("namespace A; ATTR public partial class Tiny : global::System.IDisposable;")]
    [InlineData("namespace A; ATTR public partial class Tiny { static Tiny() { } internal int More { get; init; } }")]
    [InlineData("namespace A; public partial class Tiny { } ATTR partial class Tiny { } partial class Tiny { }")]
    [InlineData("namespace A; namespace QuantGenerated { ATTR public partial class Tiny; }")]
    public void Code_compiles_for_any_legal_name(string source, bool needsUnsafe = false)
    {
        string text = source.Replace("ATTR2", Attribute.Replace("QuantGen.", "global::QuantGen.", StringComparison.Ordinal), StringComparison.Ordinal)
            .Replace("ATTR", Attribute, StringComparison.Ordinal);
        CSharpCompilation compilation = TestCompilation.Create(
            text.Replace("namespace A; namespace QuantGenerated {", "namespace A.QuantGenerated {", StringComparison.Ordinal));
        GeneratorRun run = GeneratorRun.Of(compilation.WithOptions(compilation.Options.WithAllowUnsafe(needsUnsafe)));
        run.AssertCompiles();
    }

    [Fact]
    public void Code_compiles_as_the_oldest_language_version_and_with_overflow_checks()
    {
        string plan = """{ "matrices": { "encoder.layer.0.intermediate.dense": { "groups": 4, "group_bits": [2, 4, 2, 8] } } }""";
        string source = Tiny.Source("2, Plan = \"plan.json\", Mapping = Mapping.Asymmetric, ActivationRange = ActivationRange.Static, " + Tiny.Dimensions);
        GeneratorRun.Of(
            TestCompilation.Create(
                source.Replace(";\n[", "\n{\n[", StringComparison.Ordinal).Replace("Tiny;", "Tiny { } }", StringComparison.Ordinal), LanguageVersion.CSharp11,
                checkOverflow: true),
            new TestFile("/p/plan.json", plan))
            .AssertCompiles();
    }

    [Fact]
    public void A_class_annotated_twice_gets_code_once_and_only_the_compilers_own_error()
    {
        GeneratorRun run = GeneratorRun.Of(
            TestCompilation.Create($"namespace A; {Attribute} public partial class Tiny; {Attribute} public partial class Tiny;"));
        Assert.Null(run.Result.Exception);
        Assert.NotEmpty(run.Sources);
        Assert.Contains("CS0579", Assert.Single(run.CompilerMessages()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_class_annotated_in_two_files_gets_code_once()
    {
        CSharpCompilation first = TestCompilation.Create($"namespace A; {Attribute} public partial class Tiny;");
        GeneratorRun run = GeneratorRun.Of(first.AddSyntaxTrees(TestCompilation.Parse($"namespace A; {Attribute} partial class Tiny;", "Other.cs")));
        Assert.Null(run.Result.Exception);
        Assert.NotEmpty(run.Sources);
        Assert.Contains("CS0579", Assert.Single(run.CompilerMessages()), StringComparison.Ordinal);
    }
}
