using System.Collections.Immutable;
using System.Reflection;
using Microsoft.CodeAnalysis;

namespace QuantGen.Generators.Diagnostics;

/// <summary>All descriptors by id: parsers name rules by id, and this finds what to report.</summary>
internal static class DiagnosticCatalog
{
    private static readonly Type[] s_families =
    {
        typeof(TypeShapeDescriptors), typeof(SchemeDescriptors), typeof(FileDescriptors), typeof(LanguageDescriptors), typeof(AdviceDescriptors),
        typeof(DefectDescriptors),
    };

    private static readonly Dictionary<string, DiagnosticDescriptor> s_byId = s_families
        .SelectMany(family => family.GetFields(BindingFlags.Public | BindingFlags.Static))
        .Select(field => field.GetValue(null))
        .OfType<DiagnosticDescriptor>()
        .ToDictionary(d => d.Id, StringComparer.Ordinal);

    /// <summary>Gets every descriptor in the order of ids.</summary>
    public static ImmutableArray<DiagnosticDescriptor> All { get; } = s_byId.Values.OrderBy(d => d.Id, StringComparer.Ordinal).ToImmutableArray();

    /// <summary>Finds a descriptor.</summary>
    public static DiagnosticDescriptor Find(string id) => s_byId[id];
}
