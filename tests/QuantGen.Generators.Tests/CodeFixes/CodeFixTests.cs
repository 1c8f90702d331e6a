using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Text;
using QuantGen.CodeFixes;
using QuantGen.Generators.Diagnostics;
using QuantGen.Generators.Tests.Running;

namespace QuantGen.Generators.Tests.CodeFixes;

/// <summary>A fix changes what it says, keeps the rest and leaves a class that gets code.</summary>
public sealed class CodeFixTests
{
    [Theory]
    [InlineData("public class Tiny;", "public partial class Tiny;")]
    [InlineData("/* kept */ class Tiny { }", "/* kept */ partial class Tiny { }")]
    [InlineData("internal sealed class Tiny // kept\n{\n}", "internal sealed partial class Tiny // kept\n{\n}")]
    public async Task Makes_the_class_partial(string declaration, string expected)
    {
        (string title, string text) = await Fix(new MakePartialFix(), Tiny.Source("32, " + Tiny.Dimensions, declaration));
        Assert.Equal("Make the class partial", title);
        Assert.Equal(Tiny.Source("32, " + Tiny.Dimensions, expected), text);
        GeneratorRun.Of(TestCompilation.Create(text)).AssertCompiles();
    }

    [Theory]
    [InlineData("9", "8", "Use 8 bits")]
    [InlineData("bits: 33 /* kept */", "bits: 32 /* kept */", "Use 32 bits")]
    [InlineData("2, 7", "2, 8", "Use the nearest legal group count 8")]
    [InlineData("2, groups: 1 + 2", "2, groups: 2", "Use the nearest legal group count 2")]
    [InlineData("2, -1", "2, 1", "Use the nearest legal group count 1")]
    [InlineData("2, GroupSize = 50", "2, GroupSize = 64", "Use the nearest legal group size 64")]
    [InlineData("2, ActivationBits = 9", "2, ActivationBits = 8", "Use 8 bits")]
    [InlineData("2, EmbeddingBits = 9", "2, EmbeddingBits = 8", "Use 8 bits")]
    public async Task Uses_the_nearest_legal_value(string arguments, string expected, string expectedTitle)
    {
        (string title, string text) = await Fix(new UseNearestValueFix(), Tiny.Source(arguments + ", " + Tiny.Dimensions));
        Assert.Equal(expectedTitle, title);
        Assert.Equal(Tiny.Source(expected + ", " + Tiny.Dimensions), text);
    }

    [Fact]
    public async Task Uses_a_group_count_that_suits_all_matrices()
    {
        (string title, _) = await Fix(new UseNearestValueFix(), Tiny.Source("2, 7, HiddenSize = 48, IntermediateSize = 80"));
        Assert.Equal("Use the nearest legal group count 8", title);
    }

    [Fact]
    public async Task Uses_legal_bits_in_an_override()
    {
        string source = Tiny.Source("2, " + Tiny.Dimensions, more: "[LayerBits(\"*query\", 4), LayerBits(\"*key\", 9)]");
        (_, string text) = await Fix(new UseNearestValueFix(), source);
        Assert.Equal(source.Replace("\"*key\", 9", "\"*key\", 8", StringComparison.Ordinal), text);
    }

    [Fact]
    public void Every_fixable_rule_exists() => Assert.All(
        new MakePartialFix().FixableDiagnosticIds.Concat(new UseNearestValueFix().FixableDiagnosticIds), id => Assert.Equal(id, DiagnosticCatalog.Find(id).Id));

    private static async Task<(string Title, string Text)> Fix(CodeFixProvider provider, string source)
    {
        ImmutableArray<Diagnostic> diagnostics = GeneratorRun.Of(TestCompilation.Create(source)).Diagnose();
        Diagnostic diagnostic = Assert.Single(diagnostics);
        using var workspace = new AdhocWorkspace();
        Document document = workspace.AddProject("Consumer", LanguageNames.CSharp).AddDocument("Model.cs", SourceText.From(source));
        var actions = new List<CodeAction>();
        var tree = await document.GetSyntaxTreeAsync();
        Diagnostic here = Diagnostic.Create(diagnostic.Descriptor, Location.Create(tree!, diagnostic.Location.SourceSpan), diagnostic.Properties, string.Empty);
        await provider.RegisterCodeFixesAsync(new CodeFixContext(document, here, (action, _) => actions.Add(action), CancellationToken.None));
        CodeAction only = Assert.Single(actions);
        ApplyChangesOperation change = (await only.GetOperationsAsync(CancellationToken.None)).OfType<ApplyChangesOperation>().Single();
        SourceText text = await change.ChangedSolution.GetDocument(document.Id)!.GetTextAsync();
        return (only.Title, text.ToString());
    }
}
