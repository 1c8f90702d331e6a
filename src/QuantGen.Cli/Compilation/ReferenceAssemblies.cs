using Microsoft.CodeAnalysis;
using QuantGen.Execution;

namespace QuantGen.Cli.Compilation;

/// <summary>What generated code is compiled against: reference assemblies embedded in the tool, and the runtime library beside it.</summary>
/// <remarks>
/// Against the assemblies of the running framework it would compile too, but the result would name the framework's private core library,
/// which no other project can be compiled against.
/// </remarks>
internal static class ReferenceAssemblies
{
    private const string Prefix = "reference/";

    public static IReadOnlyList<MetadataReference> All() =>
    [
        .. typeof(ReferenceAssemblies).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(name => MetadataReference.CreateFromStream(typeof(ReferenceAssemblies).Assembly.GetManifestResourceStream(name)!)),
        MetadataReference.CreateFromFile(typeof(InferenceSession).Assembly.Location),
    ];
}
