extern alias generators;

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using generators::QuantGen.Generators;

namespace QuantGen.Cli.Compilation;

/// <summary>Runs the generator and the C# compiler in this process: the same code a user's build would make.</summary>
internal static class ModelCompiler
{
    private const string AssemblyAttributes = "[assembly: System.Runtime.Versioning.TargetFramework(\".NETCoreApp,Version=v10.0\")]";

    /// <summary>Gets what tells this generator from any other build of it.</summary>
    public static string Version => typeof(QuantizedBertGenerator).Module.ModuleVersionId.ToString();

    /// <summary>Compiles a model.</summary>
    /// <param name="source">The model as a user would write it.</param>
    /// <param name="assemblyName">The name of the assembly.</param>
    /// <param name="cancellation">Stops the compiler.</param>
    /// <exception cref="InvalidOperationException">The generator made no code, or code that does not compile; either is a defect of this tool.</exception>
    public static CompiledModel Compile(ModelClass source, string assemblyName, CancellationToken cancellation)
    {
        var parsing = new CSharpParseOptions(LanguageVersion.Latest);
        var compilation = CSharpCompilation.Create(
            assemblyName,
            [CSharpSyntaxTree.ParseText(source.ClassText, parsing), CSharpSyntaxTree.ParseText(AssemblyAttributes, parsing)],
            ReferenceAssemblies.All(),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, deterministic: true));
        GeneratorDriverRunResult generated = Generate(source, parsing, ref compilation, cancellation);
        using var stream = new MemoryStream();
        Microsoft.CodeAnalysis.Emit.EmitResult result = compilation.Emit(stream, cancellationToken: cancellation);
        Require(result.Diagnostics, "generated code does not compile");
        return new CompiledModel(
            stream.ToArray(), [.. generated.Results[0].GeneratedSources.Select(file => KeyValuePair.Create(file.HintName, file.SourceText.ToString()))]);
    }

    private static GeneratorDriverRunResult Generate(
        ModelClass source, CSharpParseOptions parsing, ref CSharpCompilation compilation, CancellationToken cancellation)
    {
        AdditionalText[] files = [new InMemoryText(source.SpecName, source.SpecText)];
        GeneratorDriver driver = CSharpGeneratorDriver.Create([new QuantizedBertGenerator().AsSourceGenerator()], files, parsing)
            .RunGeneratorsAndUpdateCompilation(compilation, out Microsoft.CodeAnalysis.Compilation updated, out var diagnostics, cancellation);
        Require(diagnostics, "the generator failed");
        GeneratorDriverRunResult result = driver.GetRunResult();
        if (result.GeneratedTrees.IsEmpty)
        {
            throw new InvalidOperationException("the generator made no code for this model");
        }

        compilation = (CSharpCompilation)updated;
        return result;
    }

    private static void Require(IEnumerable<Diagnostic> diagnostics, string what)
    {
        // A generator that throws is a warning to the compiler.
        Diagnostic? first = diagnostics.FirstOrDefault(d => d.Severity == DiagnosticSeverity.Error || d.Id is "CS8784" or "CS8785");
        if (first is not null)
        {
            throw new InvalidOperationException($"{what}: {first}");
        }
    }
}
