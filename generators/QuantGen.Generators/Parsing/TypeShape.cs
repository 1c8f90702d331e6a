using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using QuantGen.Specs;

namespace QuantGen.Generators.Parsing;

/// <summary>Rules about the annotated class itself.</summary>
internal static class TypeShape
{
    // Members that the generated part declares.
    private static readonly string[] s_generatedMembers =
    {
        "Spec", "Load", "Dispose", "Session", "Classify", "Regress", "Embed", "TagTokens", "Answer", "Encode", "_session",
    };

    /// <summary>Says why generated code cannot be added to the class; nothing when it can.</summary>
    public static IEnumerable<SpecIssue> Check(INamedTypeSymbol type, TypeDeclarationSyntax declaration)
    {
        string name = type.Name;
        if (!declaration.Modifiers.Any(m => m.ValueText == "partial"))
        {
            yield return new SpecIssue("QG1001", $"Class '{name}' must be partial to receive quantized code");
        }

        if (type.ContainingType is not null || type.IsFileLocal)
        {
            yield return new SpecIssue("QG1002", $"Class '{name}' must be a top-level class that other files can see");
        }

        if (type.IsStatic || type.IsAbstract || type.IsRecord || type.TypeParameters.Length > 0)
        {
            yield return new SpecIssue("QG1003", $"Class '{name}' must be neither static, abstract, generic nor a record");
        }

        foreach (string member in s_generatedMembers.Where(m => type.GetMembers(m).Any(IsUsers)))
        {
            yield return new SpecIssue("QG1004", $"Class '{name}' declares '{member}', which the generated part declares too; rename it");
        }

        if (type.InstanceConstructors.Any(IsUsers))
        {
            yield return new SpecIssue("QG1005", $"Class '{name}' declares a constructor, and instances come only from the generated Load; remove it");
        }
    }

    // The analyzer sees the generated part as well, and that must not forbid itself.
    private static bool IsUsers(ISymbol member) => !member.IsImplicitlyDeclared
        && member.Locations.Any(l => l.SourceTree is { } tree && !tree.FilePath.EndsWith(".g.cs", StringComparison.Ordinal));
}
