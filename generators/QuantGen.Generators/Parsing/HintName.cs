using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;

namespace QuantGen.Generators.Parsing;

/// <summary>Makes the start of a class's generated file names: unique even where file names ignore case, and legal for any C# identifier.</summary>
internal static class HintName
{
    private static readonly SymbolDisplayFormat s_plain = new(typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypesAndNamespaces);

    /// <summary>Gets the name, such as <c>MyApp.Sentiment</c>; the second of two classes that differ only by case gets <c>-2</c>.</summary>
    public static string Of(INamedTypeSymbol type, Compilation compilation, CancellationToken cancellation)
    {
        string name = type.ToDisplayString(s_plain);
        string[] alike = compilation.GetSymbolsWithName(n => string.Equals(n, type.Name, StringComparison.OrdinalIgnoreCase), SymbolFilter.Type, cancellation)
            .OfType<INamedTypeSymbol>()
            .Where(t => t.Arity == type.Arity)
            .Select(t => t.ToDisplayString(s_plain))
            .Where(n => string.Equals(n, name, StringComparison.OrdinalIgnoreCase))
            .Distinct(StringComparer.Ordinal)
            .OrderBy(n => n, StringComparer.Ordinal)
            .ToArray();
        int index = Array.IndexOf(alike, name);
        return Escape(name) + (index > 0 ? "-" + (index + 1).ToString(CultureInfo.InvariantCulture) : string.Empty);
    }

    // The compiler takes letters, digits and little else; an identifier may also hold marks and letters outside the basic plane.
    private static string Escape(string name)
    {
        var text = new StringBuilder();
        foreach (char c in name)
        {
            if (char.IsLetterOrDigit(c) || c is '.' or '_')
            {
                text.Append(c);
            }
            else
            {
                text.Append('-').Append(((int)c).ToString("X4", CultureInfo.InvariantCulture));
            }
        }

        return text.ToString();
    }
}
