using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using QuantGen.Generators.Emission;
using QuantGen.Generators.Parsing;
using QuantGen.Generators.Specs;
using QuantGen.Specs;

namespace QuantGen.Generators;

/// <summary>Writes the code of every class annotated with <c>[QuantizedBert]</c>. Illegal classes get no code; the analyzer says why.</summary>
[Generator(LanguageNames.CSharp)]
public sealed class QuantizedBertGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValuesProvider<AttributedClass> classes = context.SyntaxProvider
            .ForAttributeWithMetadataName(
                AttributeParser.AttributeName,
                static (node, _) => node is ClassDeclarationSyntax,
                static (attributed, cancellation) => Read(attributed, cancellation))
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
            .Select(static (input, _) => ClassParser.Parse(input, new List<SpecIssue>()))
            .Where(static spec => spec is not null)
            .Select(static (spec, _) => spec!)
            .WithTrackingName(TrackingNames.Specs);

        context.RegisterSourceOutput(specs, static (output, spec) =>
        {
            foreach (EmittedFile file in ModelSources.Emit(spec))
            {
                output.AddSource(file.Hint, file.Text);
            }
        });
    }

    private static AttributedClass Read(GeneratorAttributeSyntaxContext attributed, CancellationToken cancellation)
    {
        var type = (INamedTypeSymbol)attributed.TargetSymbol;
        cancellation.ThrowIfCancellationRequested();
        bool legal = LanguageRules.IsSupported(((CSharpCompilation)attributed.SemanticModel.Compilation).LanguageVersion)
            && !TypeShape.Check(type, (TypeDeclarationSyntax)attributed.TargetNode).Any();
        return AttributeParser.Parse(type, attributed.Attributes[0], legal);
    }
}
