using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using QuantGen.Generators.Specs;

namespace QuantGen.Generators.Parsing;

/// <summary>Reads an annotated class for the generator.</summary>
internal static class ClassReader
{
    /// <summary>Reads a class; null when another declaration of it counts, or when reading fails, which the analyzer reports.</summary>
    /// <param name="attributed">The class and its attribute.</param>
    /// <param name="generated">Gets the names of the members that the generated part declares; asked only where there is such a class.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public static AttributedClass? Read(GeneratorAttributeSyntaxContext attributed, Func<IReadOnlyList<string>> generated, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        try
        {
            var type = (INamedTypeSymbol)attributed.TargetSymbol;
            var declaration = (TypeDeclarationSyntax)attributed.TargetNode;
            AttributeData? attribute = AttributeParser.Find(type);
            return attribute is not null && Declaration(attribute, cancellation) == declaration
                ? Read(type, attribute, declaration, (CSharpCompilation)attributed.SemanticModel.Compilation, generated(), cancellation)
                : null;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>Reads a class.</summary>
    public static AttributedClass Read(
        INamedTypeSymbol type, AttributeData attribute, TypeDeclarationSyntax declaration, CSharpCompilation compilation, IReadOnlyList<string> generated,
        CancellationToken cancellation)
    {
        bool legal = LanguageRules.IsSupported(compilation.LanguageVersion) && !TypeShape.Check(type, declaration, generated).Any();
        cancellation.ThrowIfCancellationRequested();
        return AttributeParser.Parse(type, attribute, legal, HintName.Of(type, compilation, cancellation));
    }

    /// <summary>Gets the declaration that an attribute stands on.</summary>
    public static TypeDeclarationSyntax? Declaration(AttributeData attribute, CancellationToken cancellation) =>
        attribute.ApplicationSyntaxReference?.GetSyntax(cancellation).FirstAncestorOrSelf<TypeDeclarationSyntax>();
}
