using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using QuantGen.Generators.Emission;
using QuantGen.Generators.Parsing;
using QuantGen.Generators.Tests.Running;

namespace QuantGen.Generators.Tests.Parsing;

/// <summary>Rules about the annotated class itself; all are reported at its name.</summary>
public sealed class TypeShapeTests
{
    [Fact]
    public void Generated_files_are_known_by_the_generators_name() => Assert.Equal(TypeShape.GeneratedFolder, typeof(QuantizedBertGenerator).FullName);

    [Theory]
    [InlineData("class Tiny;", "QG1001")]
    [InlineData("static partial class Tiny;", "QG1003")]
    [InlineData("abstract partial class Tiny;", "QG1003")]
    [InlineData("partial class Tiny<T>;", "QG1003")]
    [InlineData("partial record Tiny;", "QG1003")]
    [InlineData("partial record class Tiny(int Size);", "QG1003")]
    [InlineData("file partial class Tiny;", "QG1002")]
    [InlineData("partial class Tiny { int Load => 1; }", "QG1004")]
    [InlineData("partial class Tiny { class Session; }", "QG1004")]
    [InlineData("partial class Tiny { int FillMask => 1; }", "QG1004")]
    [InlineData("partial class Tiny { int CreateTrainable => 1; }", "QG1004")]
    [InlineData("abstract class Base { public abstract void Dispose(); } class Middle : Base { public override void Dispose() { } } partial class Other;",
        null)]
    [InlineData("partial class Load;", "QG1004")]
    [InlineData("partial class Tiny { public Tiny(int size) { } }", "QG1005")]
    [InlineData("partial class Tiny { public Tiny() { } }", "QG1005")]
    [InlineData("partial class Tiny(int size) { int Size => size; }", "QG1005")]
    [InlineData("partial class Tiny { public required int Size { get; init; } }", "QG1006")]
    [InlineData("partial class Tiny { } class QuantGenerated;", "QG1004")]
    [InlineData("partial class Tiny { } namespace QuantGenerated { class Attention; }", "QG1004")]
    [InlineData("class Outer { ATTR partial class Tiny; }", "QG1002")]
    public void Rejects_a_class_that_cannot_hold_a_model(string declaration, string? id)
    {
        string attribute = $"[QuantGen.QuantizedBert(2, {Tiny.Dimensions})]";
        string source = declaration.Contains("ATTR", StringComparison.Ordinal)
            ? declaration.Replace("ATTR", attribute, StringComparison.Ordinal)
            : $"{attribute} {declaration}";
        GeneratorRun run = GeneratorRun.Of(TestCompilation.Create("namespace A { " + source + " }"));
        if (id is null)
        {
            // An abstract class that is not partial itself: two rules, and the classes below are not concerned.
            run.AssertRejected("QG1001", "QG1003", "QG1004");
            return;
        }

        Diagnostic found = Assert.Single(run.AssertRejected(id));
        Assert.Equal(declaration.Contains("class Load", StringComparison.Ordinal) ? "Load" : "Tiny", AttributeRuleTests.TextAt(found));
    }

    [Theory]
    [InlineData("abstract class Base { public abstract void Dispose(); }", "partial class Tiny : Base;", "QG1004")]
    [InlineData("class Base { public Base(int size) { } }", "partial class Tiny : Base;", "QG1006")]
    [InlineData("class Base { private Base() { } internal class Inner : Base; }", "partial class Tiny : Base;", "QG1006")]
    [InlineData("class Base { public required int Size { get; set; } }", "partial class Tiny : Base;", "QG1006")]
    public void Rejects_a_base_class_that_generated_code_cannot_build_on(string @base, string declaration, string id)
    {
        GeneratorRun run = GeneratorRun.Of(TestCompilation.Create($"namespace A; {@base} [QuantGen.QuantizedBert(2, {Tiny.Dimensions})] {declaration}"));
        Assert.Contains(run.Diagnose(), d => d.Id == id);
        Assert.Empty(run.Sources);
        Assert.Null(run.Result.Exception);
    }

    [Fact]
    public void Names_that_no_emitter_writes_are_free()
    {
        Tiny.Run("32", "public partial class Tiny { public int Encode() => 1; }").AssertCompiles();
    }

    [Fact]
    public void Taken_names_are_those_that_the_compiler_finds_in_generated_classes()
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        foreach (BertHead head in Enum.GetValues<BertHead>())
        {
            GeneratorRun run = Tiny.Run($"32, Head = BertHead.{head}, Training = true").AssertCompiles();
            found.UnionWith(run.Output.GetTypeByMetadataName("Sample.Tiny")!.GetMembers().Where(IsNamed).Select(member => member.Name));
        }

        Assert.Equal(found, GeneratedMembers.Names);
        Assert.Contains("FillMask", found);
        Assert.Contains("CreateTrainable", found);

        static bool IsNamed(ISymbol member) => !member.IsImplicitlyDeclared && member is not IMethodSymbol { MethodKind: not MethodKind.Ordinary };
    }

    [Fact]
    public void A_users_file_that_only_looks_generated_counts_as_the_users()
    {
        CSharpCompilation first = TestCompilation.Create(Tiny.Source("32, " + Tiny.Dimensions));
        GeneratorRun.Of(first.AddSyntaxTrees(TestCompilation.Parse("namespace Sample; partial class Tiny { Tiny() { } }", "Tiny.g.cs")))
            .AssertRejected("QG1005");
    }

    [Theory]
    [InlineData("struct Tiny;")]
    [InlineData("interface Tiny;")]
    [InlineData("class Outer { ATTR enum Tiny { A } }")]
    public void On_anything_but_a_class_only_the_compiler_complains(string declaration)
    {
        string attribute = $"[QuantGen.QuantizedBert(2, {Tiny.Dimensions})]";
        string source = declaration.Contains("ATTR", StringComparison.Ordinal)
            ? declaration.Replace("ATTR", attribute, StringComparison.Ordinal)
            : $"{attribute} {declaration}";
        GeneratorRun.Of(TestCompilation.Create(source)).AssertRejected("CS0592");
    }

    [Fact]
    public void A_model_cannot_derive_from_another()
    {
        string attribute = $"[QuantGen.QuantizedBert(32, {Tiny.Dimensions})]";
        GeneratorRun run = GeneratorRun.Of(
            TestCompilation.Create($"namespace A; {attribute} public partial class First; {attribute} public partial class Second : First;"));
        Assert.Equal(["CS1729", "QG1006"], run.Diagnose().Select(d => d.Id));
        Assert.DoesNotContain(run.Sources, s => s.HintName.StartsWith("A.Second.", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(LanguageVersion.CSharp10, "QG1301")]
    [InlineData(LanguageVersion.CSharp8, "QG1301")]
    public void Rejects_an_old_language_version(LanguageVersion version, string id)
    {
        CSharpCompilation compilation = TestCompilation.Create(
            $"namespace A {{ [QuantGen.QuantizedBert(2, {Tiny.Dimensions})] public partial class Tiny {{ }} }}", version);
        Diagnostic found = Assert.Single(GeneratorRun.Of(compilation).AssertRejected(id));
        Assert.Contains($"'Tiny' is compiled as C# {version.ToDisplayString()}", found.GetMessage(null), StringComparison.Ordinal);
    }
}
