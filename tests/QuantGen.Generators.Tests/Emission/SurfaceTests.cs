using Microsoft.CodeAnalysis;
using QuantGen.Generators.Emission;
using QuantGen.Generators.Tests.Running;

namespace QuantGen.Generators.Tests.Emission;

/// <summary>What a class offers for its head.</summary>
public sealed class SurfaceTests
{
    public static TheoryData<BertHead> Heads => [.. Enum.GetValues<BertHead>()];

    [Theory]
    [MemberData(nameof(Heads))]
    public void A_class_has_forms_for_one_and_for_many_and_documents_them(BertHead head)
    {
        ISymbol[] members = [.. Members(head)];
        SurfaceMember[] calls = [.. HeadSurface.Of(head).Where(member => member.Parameters.Length > 0)];
        string[] tasks = [.. calls.Where(member => member.Type != "void").Select(member => member.Name)];
        Assert.All(tasks.Distinct().Except(["Answers"]), name => Assert.Equal(2, tasks.Count(task => task == name)));
        string[] intoRoom = [.. calls.Where(member => member.Type == "void").Select(member => member.Name)];
        Assert.Equal(head is BertHead.Encoder or BertHead.Embedding ? ["Embed"] : [], intoRoom);
        Assert.Equal(head is BertHead.SequenceClassification or BertHead.TokenClassification, members.Any(member => member.Name == "Labels"));
        foreach (ISymbol member in members.Where(member => member.DeclaredAccessibility == Accessibility.Public))
        {
            string documentation = member.Name is "Spec" or "Load" or "Dispose" ? "<inheritdoc" : "<summary>";
            Assert.Contains(documentation, member.GetDocumentationCommentXml(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_head_that_nobody_described_is_an_error() => Assert.Throws<ArgumentOutOfRangeException>(() => HeadSurface.Of((BertHead)99));

    private static IEnumerable<ISymbol> Members(BertHead head)
    {
        GeneratorRun run = Tiny.Run($"2, EmbeddingBits = 2, Training = true, Head = BertHead.{head}");
        run.AssertCompiles();
        return run.Output.GetTypeByMetadataName("Sample.Tiny")!.GetMembers()
            .Where(member => !member.IsImplicitlyDeclared && member is not IMethodSymbol { MethodKind: not MethodKind.Ordinary });
    }
}
