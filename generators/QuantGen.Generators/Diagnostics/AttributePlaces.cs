using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using QuantGen.Generators.Parsing;

namespace QuantGen.Generators.Diagnostics;

/// <summary>Finds where to report: at the argument concerned, else at the class's name.</summary>
internal sealed class AttributePlaces
{
    private readonly TypeDeclarationSyntax _declaration;
    private readonly AttributeSyntax? _attribute;
    private readonly AttributeSyntax?[] _layerBits;

    public AttributePlaces(INamedTypeSymbol type, AttributeData attribute, TypeDeclarationSyntax declaration, CancellationToken cancellation)
    {
        _declaration = declaration;
        _attribute = attribute.ApplicationSyntaxReference?.GetSyntax(cancellation) as AttributeSyntax;
        _layerBits = AttributeParser.FindLayerBits(type)
            .Select(a => a.ApplicationSyntaxReference?.GetSyntax(cancellation) as AttributeSyntax)
            .ToArray();
    }

    /// <summary>Gets the class's name.</summary>
    public Location ClassName => _declaration.Identifier.GetLocation();

    /// <summary>Finds the place of a property; dimensions that the attribute does not set come from the configuration file.</summary>
    public Location Of(string id, string property)
    {
        for (int i = 0; i < _layerBits.Length; i++)
        {
            if (property == QuantGen.Specs.SpecRules.LayerBitsProperty(i))
            {
                // The pattern is wrong, or the bits are.
                return Value(_layerBits[i], id == "QG1107" ? "pattern" : "bits", id == "QG1107" ? 0 : 1)?.GetLocation() ?? _layerBits[i]?.GetLocation()
                    ?? ClassName;
            }
        }

        ExpressionSyntax? value = property switch
        {
            "" => null,
            "Bits" => Value(_attribute, "bits", 0),
            "Groups" => Value(_attribute, "groups", 1),
            _ => Named(property) ?? (id == "QG1203" ? Named("HiddenSize") ?? Named("Config") : null),
        };
        return (value ?? (SyntaxNode?)_attribute)?.GetLocation() is { } place && property.Length > 0 ? place : ClassName;
    }

    private ExpressionSyntax? Named(string property) =>
        _attribute?.ArgumentList?.Arguments.FirstOrDefault(a => a.NameEquals?.Name.Identifier.ValueText == property)?.Expression;

    // A constructor argument, by name or by position.
    private static ExpressionSyntax? Value(AttributeSyntax? attribute, string name, int position)
    {
        if (attribute?.ArgumentList is null)
        {
            return null;
        }

        AttributeArgumentSyntax[] arguments = attribute.ArgumentList.Arguments.Where(a => a.NameEquals is null).ToArray();
        AttributeArgumentSyntax? argument = arguments.FirstOrDefault(a => a.NameColon?.Name.Identifier.ValueText == name)
            ?? (position < arguments.Length && arguments[position].NameColon is null ? arguments[position] : null);
        return argument?.Expression;
    }
}
