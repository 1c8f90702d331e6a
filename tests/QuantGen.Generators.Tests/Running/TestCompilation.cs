extern alias runtime;

using System.Reflection.PortableExecutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace QuantGen.Generators.Tests.Running;

/// <summary>
/// Compilations as a consumer of the package has them: this runtime and the library. Sources of tests need no documentation and may have lower-case names.
/// </summary>
internal static class TestCompilation
{
    private static readonly MetadataReference[] s_references = Directory
        .EnumerateFiles(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "*.dll")
        .Where(IsManaged)
        .Append(typeof(runtime::QuantGen.QuantizedBertAttribute).Assembly.Location)
        .Select(path => (MetadataReference)MetadataReference.CreateFromFile(path))
        .ToArray();

    public static CSharpCompilation Create(string source, LanguageVersion version = LanguageVersion.CSharp13, bool checkOverflow = false) =>
        CSharpCompilation.Create(
        "Consumer",
        [Parse(source, "Model.cs", version)],
        s_references,
        new CSharpCompilationOptions(
            OutputKind.DynamicallyLinkedLibrary,
            nullableContextOptions: NullableContextOptions.Enable,
            checkOverflow: checkOverflow,
            optimizationLevel: OptimizationLevel.Release,
            specificDiagnosticOptions: [new("CS1591", ReportDiagnostic.Suppress), new("CS8981", ReportDiagnostic.Suppress)]));

    public static SyntaxTree Parse(string source, string path, LanguageVersion version = LanguageVersion.CSharp13) =>
        CSharpSyntaxTree.ParseText(source, new CSharpParseOptions(version, DocumentationMode.Diagnose), path);

    private static bool IsManaged(string path)
    {
        using FileStream file = File.OpenRead(path);
        using var reader = new PEReader(file);
        return reader.HasMetadata;
    }
}
