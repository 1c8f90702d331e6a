using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using QuantGen.Generators.Specs;

namespace QuantGen.Generators.Parsing;

/// <summary>Rules about the annotated class itself.</summary>
internal static class TypeShape
{
    /// <summary>The folder into which the compiler puts what the generator writes: the generator's full name.</summary>
    internal const string GeneratedFolder = "QuantGen.Generators.QuantizedBertGenerator";

    /// <summary>Says why generated code cannot be added to the class; nothing when it can.</summary>
    /// <param name="type">The class.</param>
    /// <param name="declaration">The declaration with the attribute.</param>
    /// <param name="generated">Names of the members that the generated part declares.</param>
    public static IEnumerable<SpecIssue> Check(INamedTypeSymbol type, TypeDeclarationSyntax declaration, IReadOnlyList<string> generated)
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

        foreach (SpecIssue issue in Names(type, generated).Concat(Construction(type)))
        {
            yield return issue;
        }
    }

    private static IEnumerable<SpecIssue> Names(INamedTypeSymbol type, IReadOnlyList<string> generated)
    {
        if (generated.Contains(type.Name))
        {
            yield return new SpecIssue("QG1004", $"Class '{type.Name}' has the name of a member that the generated part declares; rename it");
        }

        foreach (string member in generated.Where(m => type.GetMembers(m).Any(IsUsers)))
        {
            yield return new SpecIssue("QG1004", $"Class '{type.Name}' declares '{member}', which the generated part declares too; rename it");
        }

        foreach (INamedTypeSymbol @base in Bases(type))
        {
            foreach (string member in generated.Where(m => @base.GetMembers(m).Any(b => b.IsAbstract)))
            {
                yield return new SpecIssue(
                    "QG1004", $"Class '{type.Name}' inherits the abstract '{@base.Name}.{member}', which the generated part hides; rename it");
            }
        }

        ISymbol? taken = type.ContainingNamespace.GetMembers(ClassSpec.ImplementationName)
            .SelectMany<INamespaceOrTypeSymbol, ISymbol>(m => m is INamespaceSymbol inner ? inner.GetTypeMembers().Where(IsUsers) : new[] { m })
            .FirstOrDefault();
        if (taken is not null)
        {
            yield return new SpecIssue(
                "QG1004", $"Type '{taken.ToDisplayString()}' takes a name inside the namespace of the code generated for '{type.Name}'; move or rename it");
        }
    }

    // Instances come only from the generated Load, through the generated constructor.
    private static IEnumerable<SpecIssue> Construction(INamedTypeSymbol type)
    {
        // A record's own constructors are not the user's; that it is a record is said already.
        if (!type.IsRecord && type.InstanceConstructors.Any(IsUsers))
        {
            yield return new SpecIssue("QG1005", $"Class '{type.Name}' declares a constructor, and instances come only from the generated Load; remove it");
        }

        ISymbol? required = Bases(type).Prepend(type).SelectMany(t => t.GetMembers()).FirstOrDefault(IsRequired);
        if (required is not null)
        {
            yield return new SpecIssue(
                "QG1006", $"Class '{type.Name}' has the required member '{required.Name}', which the generated Load cannot set; remove 'required'");
        }

        if (type.BaseType is { SpecialType: not SpecialType.System_Object, TypeKind: TypeKind.Class } @base && !CanBeBase(@base, type))
        {
            yield return new SpecIssue(
                "QG1006",
                $"Class '{type.Name}' derives from '{@base.Name}', which the generated constructor cannot call without arguments; derive from another class");
        }
    }

    private static bool CanBeBase(INamedTypeSymbol @base, INamedTypeSymbol type)
    {
        bool sameAssembly = SymbolEqualityComparer.Default.Equals(@base.ContainingAssembly, type.ContainingAssembly);
        return AttributeParser.Find(@base) is null
            && @base.InstanceConstructors.Any(c => c.Parameters.All(p => p.IsOptional || p.IsParams) && c.DeclaredAccessibility switch
            {
                Accessibility.Public or Accessibility.Protected or Accessibility.ProtectedOrInternal => true,
                Accessibility.Internal or Accessibility.ProtectedAndInternal => sameAssembly,
                _ => false,
            });
    }

    private static IEnumerable<INamedTypeSymbol> Bases(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? t = type.BaseType; t is { SpecialType: not SpecialType.System_Object }; t = t.BaseType)
        {
            yield return t;
        }
    }

    private static bool IsRequired(ISymbol member) => member is IPropertySymbol { IsRequired: true } or IFieldSymbol { IsRequired: true };

    // The analyzer sees the generated part as well, and that must not forbid itself.
    private static bool IsUsers(ISymbol member) => !member.IsImplicitlyDeclared
        && member.Locations.Any(l => l.SourceTree is { } tree && tree.FilePath.IndexOf(GeneratedFolder, StringComparison.Ordinal) < 0);
}
