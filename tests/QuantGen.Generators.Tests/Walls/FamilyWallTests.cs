using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using QuantGen.Architectures;

namespace QuantGen.Generators.Tests.Walls;

/// <summary>A family of models is known to its own file, the enum and the list of families; everything else asks the family.</summary>
public sealed class FamilyWallTests
{
    private const string Families = "src/QuantGen/Architectures/";

    // Files that name a family, and why.
    private static readonly Dictionary<string, string> s_allowed = new(StringComparer.Ordinal)
    {
        ["src/QuantGen/Annotations/BertArchitecture.cs"] = "the enum itself",
        [Families + "ModelFamilies.cs"] = "the list of families",
        ["src/QuantGen/Graph/ModelConfig.cs"] = "the family of a description that names none",
        ["src/QuantGen/Quantization/ModelDimensions.cs"] = "sizes of published models, to compare bytes with their papers",
        ["src/QuantGen.Training/Checkpointing/HuggingFaceCheckpoint.cs"] = "the tokenizer's class, which all families share",
    };

    [Fact]
    public void Only_its_own_file_names_a_family()
    {
        string[] found =
        [
            .. SourceTree.Files("src", ".cs").Concat(SourceTree.Files("generators", ".cs"))
                .Where(path => !s_allowed.ContainsKey(path) && !IsFamilyFile(path))
                .SelectMany(path => Named(SourceTree.Read(path)).Select(name => path + ": " + name)),
        ];
        Assert.True(found.Length == 0, "Families are named outside their files:\n" + string.Join('\n', found));
    }

    [Fact]
    public void Every_exception_is_needed() => Assert.All(s_allowed.Keys, path => Assert.True(Mentions(path), path));

    [Theory]
    [InlineData("class A { bool B => d.Architecture == BertArchitecture.Electra; }")]
    [InlineData("class A { bool B => d.Architecture == QuantGen.BertArchitecture.Bert; }")]
    [InlineData("class A { bool B => type == \"distilbert\"; }")]
    [InlineData("class A { bool B => name == \"AlbertForMaskedLM\"; }")]
    [InlineData("class A { bool B => name.StartsWith(\"electra.\"); }")]
    [InlineData("class A { object B => new Albert(); }")]
    public void Names_are_found(string text) => Assert.NotEmpty(Named(text));

    [Theory]
    [InlineData("/// <summary>An ALBERT, <see cref=\"BertArchitecture.Albert\"/>.</summary>\nclass A;")]
    [InlineData("class A { BertArchitecture B; string C => \"Quantized BERT and ALBERT\"; BertTokenizer D; }")]
    public void Texts_for_people_and_the_enum_are_no_names(string text) => Assert.Empty(Named(text));

    private static bool IsFamilyFile(string path) => ModelFamilies.All.Any(family => path == $"{Families}{family.Architecture}.cs");

    private static bool Mentions(string path) => path.EndsWith("BertArchitecture.cs", StringComparison.Ordinal)
        ? ModelFamilies.All.All(family => SourceTree.Read(path).Contains($"    {family.Architecture},", StringComparison.Ordinal))
        : Named(SourceTree.Read(path)).Any();

    private static IEnumerable<string> Named(string text)
    {
        SyntaxNode root = CSharpSyntaxTree.ParseText(text, new CSharpParseOptions(LanguageVersion.Latest)).GetRoot();
        foreach (SyntaxNode node in root.DescendantNodes())
        {
            switch (node)
            {
                case MemberAccessExpressionSyntax access when access.Expression.ToString().Split('.')[^1] == nameof(BertArchitecture):
                    yield return access.ToString();
                    break;
                case LiteralExpressionSyntax { Token.Value: string value } when ModelFamilies.All.Any(family => IsNameOf(family, value)):
                    yield return "\"" + value + "\"";
                    break;
                case ObjectCreationExpressionSyntax creation when ModelFamilies.All.Any(family => creation.Type.ToString() == $"{family.Architecture}"):
                    yield return creation.ToString();
                    break;
                case PropertyDeclarationSyntax { Identifier.Text: string name } property when BeginsWithAFamily(name):
                    yield return property.Identifier.Text;
                    break;
            }
        }
    }

    // Everything here is called after BERT.
    private static bool BeginsWithAFamily(string name) =>
        ModelFamilies.All.Skip(1).Any(family => name.StartsWith($"{family.Architecture}", StringComparison.Ordinal));

    private static bool IsNameOf(ModelFamily family, string text) =>
        text == family.ModelType || text.StartsWith(family.ModelType + ".", StringComparison.Ordinal)
        || text.StartsWith(family.ClassPrefix + "For", StringComparison.Ordinal) || text.StartsWith(family.ClassPrefix + "Model", StringComparison.Ordinal)
        || text.StartsWith(family.ClassPrefix + "Tokenizer", StringComparison.Ordinal);
}
