using System.Reflection;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace QuantGen.Generators.Tests.PublicApi;

/// <summary>The types that an assembly shows to others.</summary>
internal sealed class PublicTypes
{
    private static readonly SymbolDisplayFormat s_type = new(
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypesAndNamespaces,
        genericsOptions: SymbolDisplayGenericsOptions.IncludeTypeParameters | SymbolDisplayGenericsOptions.IncludeTypeConstraints
            | SymbolDisplayGenericsOptions.IncludeVariance);

    private static readonly SymbolDisplayFormat s_member = new(
        genericsOptions: SymbolDisplayGenericsOptions.IncludeTypeParameters | SymbolDisplayGenericsOptions.IncludeTypeConstraints,
        memberOptions: SymbolDisplayMemberOptions.IncludeParameters | SymbolDisplayMemberOptions.IncludeType | SymbolDisplayMemberOptions.IncludeRef
            | SymbolDisplayMemberOptions.IncludeModifiers | SymbolDisplayMemberOptions.IncludeConstantValue,
        parameterOptions: SymbolDisplayParameterOptions.IncludeType | SymbolDisplayParameterOptions.IncludeName
            | SymbolDisplayParameterOptions.IncludeDefaultValue
            | SymbolDisplayParameterOptions.IncludeParamsRefOut | SymbolDisplayParameterOptions.IncludeExtensionThis,
        propertyStyle: SymbolDisplayPropertyStyle.ShowReadWriteDescriptor,
        miscellaneousOptions: SymbolDisplayMiscellaneousOptions.UseSpecialTypes | SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier
            | SymbolDisplayMiscellaneousOptions.AllowDefaultLiteral);

    private readonly INamedTypeSymbol[] _types;

    /// <summary>Reads an assembly's metadata.</summary>
    /// <param name="assembly">An assembly whose references stand beside it or are the runtime's.</param>
    public PublicTypes(Assembly assembly)
    {
        IEnumerable<string> files = Directory.EnumerateFiles(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "System*.dll")
            .Concat(Directory.EnumerateFiles(Path.GetDirectoryName(assembly.Location)!, "QuantGen*.dll"))
            .Concat(Directory.EnumerateFiles(Path.GetDirectoryName(assembly.Location)!, "Microsoft.Extensions*.dll"));
        MetadataReference own = MetadataReference.CreateFromFile(assembly.Location);
        IEnumerable<MetadataReference> others = files.Where(file => file != assembly.Location).Select(file => MetadataReference.CreateFromFile(file));
        var compilation = CSharpCompilation.Create("Reader", references: [.. others, own]);
        var symbol = (IAssemblySymbol)compilation.GetAssemblyOrModuleSymbol(own)!;
        _types = [.. Types(symbol.GlobalNamespace).OrderBy(type => type.ToDisplayString(s_type), StringComparer.Ordinal)];
    }

    /// <summary>Writes one line per type and member, in the order of names.</summary>
    /// <param name="isHidden">Whether those types are wanted that editors do not offer, or those that they do.</param>
    public string Describe(bool isHidden)
    {
        var text = new StringBuilder();
        foreach (INamedTypeSymbol type in _types.Where(type => IsHidden(type) == isHidden))
        {
            text.Append(text.Length > 0 ? "\n" : string.Empty).Append(Header(type)).Append('\n');
            foreach (string member in type.GetMembers().Where(IsOffered).Select(member => Line(type, member)).Order(StringComparer.Ordinal))
            {
                text.Append("    ").Append(member).Append('\n');
            }
        }

        return text.ToString();
    }

    private static IEnumerable<INamedTypeSymbol> Types(INamespaceOrTypeSymbol container) => container.GetMembers().SelectMany(member => member switch
    {
        INamespaceSymbol inner => Types(inner),
        INamedTypeSymbol { DeclaredAccessibility: Accessibility.Public } type => Types(type).Prepend(type),
        _ => [],
    });

    // A type inside a hidden one is hidden, too.
    private static bool IsHidden(INamedTypeSymbol type) =>
        type.GetAttributes().Any(a => a.AttributeClass!.Name == "EditorBrowsableAttribute" && a.ConstructorArguments[0].Value is 1)
        || (type.ContainingType is { } outer && IsHidden(outer));

    private static string Header(INamedTypeSymbol type)
    {
        string modifiers = type switch
        {
            { IsStatic: true } => "static ",
            { TypeKind: TypeKind.Class, IsSealed: true } => "sealed ",
            { TypeKind: TypeKind.Class, IsAbstract: true } => "abstract ",
            _ => (type.IsReadOnly ? "readonly " : string.Empty) + (type.IsRefLikeType ? "ref " : string.Empty),
        };
        string kind = type.IsRecord ? "record" : type.TypeKind.ToString().ToLowerInvariant();
        string[] bases =
        [
            .. new[] { type.BaseType }.Where(@base => @base is { SpecialType: SpecialType.None }).Select(@base => @base!.ToDisplayString(s_member)),
            .. type.Interfaces.Where(@interface => @interface.DeclaredAccessibility == Accessibility.Public)
                .Select(@interface => @interface.ToDisplayString(s_member)).Order(StringComparer.Ordinal),
        ];
        return $"{modifiers}{kind} {type.ToDisplayString(s_type)}{(bases.Length == 0 ? string.Empty : " : " + string.Join(", ", bases))}";
    }

    private static string Line(INamedTypeSymbol type, ISymbol member) => type.TypeKind == TypeKind.Enum && member is IFieldSymbol field
        ? FormattableString.Invariant($"{field.Name} = {field.ConstantValue}")
        : (member.DeclaredAccessibility == Accessibility.Public ? string.Empty : "protected ")
            + (type.TypeKind == TypeKind.Interface && member.IsStatic ? "static " : string.Empty) + member.ToDisplayString(s_member);

    // What records and enums have of themselves is no decision, and accessors are shown with their properties.
    private static bool IsOffered(ISymbol member) =>
        (member.DeclaredAccessibility == Accessibility.Public
            || (member.DeclaredAccessibility is Accessibility.Protected or Accessibility.ProtectedOrInternal && !member.ContainingType.IsSealed))
        && member is not INamedTypeSymbol and not IMethodSymbol { AssociatedSymbol: not null } and not IFieldSymbol { Name: "value__" }
        && member is not IMethodSymbol { MethodKind: MethodKind.Constructor, Parameters.Length: 0, ContainingType.IsValueType: true }
        && !member.GetAttributes().Any(a => a.AttributeClass!.Name == "CompilerGeneratedAttribute");
}
