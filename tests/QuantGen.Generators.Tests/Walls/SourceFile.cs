using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace QuantGen.Generators.Tests.Walls;

/// <summary>One source file: where it stands, what it declares and what it names.</summary>
internal sealed class SourceFile
{
    /// <summary>Reads a file of a project.</summary>
    /// <param name="path">Its path from the root: <c>src/Project/Folder/File.cs</c>.</param>
    /// <param name="text">Its text.</param>
    public SourceFile(string path, string text)
    {
        string[] parts = path.Split('/');
        Name = parts[^1];
        Project = parts[1];
        Folders = parts[2..^1];
        SyntaxNode root = CSharpSyntaxTree.ParseText(text, new CSharpParseOptions(LanguageVersion.Latest)).GetRoot();
        Namespace = root.DescendantNodes().OfType<BaseNamespaceDeclarationSyntax>().FirstOrDefault()?.Name.ToString() ?? "";
        Types = [.. root.DescendantNodes(node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax).Select(DeclaredName).OfType<string>()];
        Usings = [.. root.DescendantNodes().OfType<UsingDirectiveSyntax>().Select(line => Plain(line.NamespaceOrType.ToString()))];
        Names = [.. root.DescendantNodes(node => node is not UsingDirectiveSyntax).OfType<SimpleNameSyntax>().Where(BeginsName).Select(Chain).Distinct()];
    }

    /// <summary>Gets the file's name.</summary>
    public string Name { get; }

    /// <summary>Gets the name of its project.</summary>
    public string Project { get; }

    /// <summary>Gets the folders between the project and the file.</summary>
    public IReadOnlyList<string> Folders { get; }

    /// <summary>Gets the namespace.</summary>
    public string Namespace { get; }

    /// <summary>Gets the types that stand directly in the namespace.</summary>
    public IReadOnlyList<string> Types { get; }

    /// <summary>Gets what its usings import: namespaces, and types of static usings and aliases.</summary>
    public IReadOnlyList<string> Usings { get; }

    /// <summary>Gets every name in its code, as far as dots go.</summary>
    public IReadOnlyList<string> Names { get; }

    private static string? DeclaredName(SyntaxNode node) => node switch
    {
        BaseTypeDeclarationSyntax type => type.Identifier.Text,
        DelegateDeclarationSyntax type => type.Identifier.Text,
        _ => null,
    };

    // Names after a dot belong to what stands before it; names of arguments and of properties in patterns are no types.
    private static bool BeginsName(SimpleNameSyntax name) => name.Parent switch
    {
        QualifiedNameSyntax pair => pair.Right != name,
        AliasQualifiedNameSyntax pair => pair.Name == name,
        MemberAccessExpressionSyntax access => access.Name != name,
        BaseNamespaceDeclarationSyntax or MemberBindingExpressionSyntax or NameColonSyntax or NameEqualsSyntax => false,
        _ => true,
    };

    private static string Chain(SimpleNameSyntax first)
    {
        string text = first.Identifier.Text;
        SyntaxNode node = first.Parent is AliasQualifiedNameSyntax global ? global : first;
        while (true)
        {
            switch (node.Parent)
            {
                case QualifiedNameSyntax pair when pair.Left == node:
                    text += "." + pair.Right.Identifier.Text;
                    break;
                case MemberAccessExpressionSyntax access when access.Expression == node:
                    text += "." + access.Name.Identifier.Text;
                    break;
                default:
                    return text;
            }

            node = node.Parent;
        }
    }

    private static string Plain(string name) => name.StartsWith("global::", StringComparison.Ordinal) ? name["global::".Length..] : name;
}
