using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using QuantGen.Generators.Diagnostics;
using QuantGen.Generators.Emission;
using QuantGen.Generators.Emission.Kernels;
using QuantGen.Generators.Parsing;
using QuantGen.Generators.Specs;
using QuantGen.Specs;

namespace QuantGen.Generators;

/// <summary>Writes the code of every class annotated with <c>[QuantizedBert]</c>. Illegal classes get no code; the analyzer says why.</summary>
[Generator(LanguageNames.CSharp)]
public sealed class QuantizedBertGenerator : IIncrementalGenerator
{
    private readonly Func<ClassSpec, IEnumerable<EmittedFile>> _emit;
    private readonly Func<KernelVariant, IEnumerable<EmittedFile>> _emitKernel;

    /// <summary>Creates the generator, as the compiler does.</summary>
    public QuantizedBertGenerator()
        : this(ModelSources.Emit, KernelSources.Emit)
    {
    }

    /// <summary>Creates a generator with other emitters, for tests of failures.</summary>
    internal QuantizedBertGenerator(Func<ClassSpec, IEnumerable<EmittedFile>> emit, Func<KernelVariant, IEnumerable<EmittedFile>> emitKernel) =>
        (_emit, _emitKernel) = (emit, emitKernel);

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValuesProvider<AttributedClass> classes = context.SyntaxProvider
            .ForAttributeWithMetadataName(
                AttributeParser.AttributeName,
                static (node, _) => node is ClassDeclarationSyntax,
                static (attributed, cancellation) => ClassReader.Read(attributed, cancellation))
            .Where(static @class => @class is not null)
            .Select(static (@class, _) => @class!)
            .WithTrackingName(TrackingNames.Classes);

        IncrementalValueProvider<EquatableArray<JsonFile>> files = context.AdditionalTextsProvider
            .Select(static (file, cancellation) => ClassParser.ReadFile(file, cancellation))
            .Where(static file => file is not null)
            .Collect()
            .Select(static (all, _) => new EquatableArray<JsonFile>(all!))
            .WithTrackingName(TrackingNames.Files);

        IncrementalValuesProvider<ClassInput> inputs = classes
            .Combine(files)
            .Select(static (pair, _) => ClassParser.Resolve(pair.Left, pair.Right))
            .WithTrackingName(TrackingNames.Inputs);

        IncrementalValuesProvider<ClassSpec> specs = inputs
            .Select(static (input, _) => ClassParser.ParseOrDecline(input))
            .Where(static spec => spec is not null)
            .Select(static (spec, _) => spec!)
            .WithTrackingName(TrackingNames.Specs);

        // Kernels know no shapes, so a change to a class reaches them only when it uses others than before.
        IncrementalValuesProvider<KernelVariant> kernels = specs
            .Select(static (spec, _) => KernelSources.InUse(spec.Model))
            .Collect()
            .SelectMany(static (all, _) => KernelSources.Union(all.SelectMany(k => k)))
            .WithTrackingName(TrackingNames.Kernels);

        context.RegisterSourceOutput(specs, (output, spec) => Emit(output, spec.Name, () => _emit(spec)));
        context.RegisterSourceOutput(kernels, (output, variant) => Emit(output, variant.Suffix, () => _emitKernel(variant)));
    }

    // A defect in an emitter costs the class or the kernel its code, never the compilation its compiler.
    private static void Emit(SourceProductionContext output, string name, Func<IEnumerable<EmittedFile>> emit)
    {
        try
        {
            var files = new List<EmittedFile>();
            foreach (EmittedFile file in emit())
            {
                output.CancellationToken.ThrowIfCancellationRequested();
                files.Add(file);
            }

            files.ForEach(file => output.AddSource(file.Hint, file.Text));
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            output.ReportDiagnostic(DefectDescriptors.Describe(Location.None, name, failure));
        }
    }
}
