using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using QuantGen.Generators.Emission;
using QuantGen.Generators.Parsing;
using QuantGen.Generators.Specs;

namespace QuantGen.Generators.Diagnostics;

/// <summary>Says why a class annotated with <c>[QuantizedBert]</c> gets no code, by the same functions that the generator declines by.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class QuantizedBertAnalyzer : DiagnosticAnalyzer
{
    /// <summary>Key of the nearest legal value among a diagnostic's properties.</summary>
    internal const string NearestLegalValue = nameof(NearestLegalValue);

    // Every matrix can break these in the same way, and one message says it.
    private static readonly string[] s_perMatrix = { "QG1101", "QG1102", "QG1103", "QG1104", "QG1109", "QG1114" };

    private static readonly ImmutableArray<DiagnosticDescriptor> s_supported = DiagnosticCatalog.All;

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => s_supported;

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();

        // Someone wrote the attribute, wherever it stands; declining without a word would be worse.
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.Analyze | GeneratedCodeAnalysisFlags.ReportDiagnostics);
        context.RegisterSymbolAction(Analyze, SymbolKind.NamedType);
    }

    private static void Analyze(SymbolAnalysisContext context)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        if (type.TypeKind != TypeKind.Class || AttributeParser.Find(type) is not { } attribute
            || ClassReader.Declaration(attribute, context.CancellationToken) is not { } declaration)
        {
            return;
        }

        var places = new AttributePlaces(type, attribute, declaration, context.CancellationToken);
        try
        {
            Analyze(context, type, attribute, declaration, places);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            context.ReportDiagnostic(DefectDescriptors.Describe(places.ClassName, type.Name, failure));
        }
    }

    private static void Analyze(
        SymbolAnalysisContext context, INamedTypeSymbol type, AttributeData attribute, TypeDeclarationSyntax declaration, AttributePlaces places)
    {
        var compilation = (CSharpCompilation)context.Compilation;
        var issues = new List<SpecIssue>(TypeShape.Check(type, declaration, GeneratedMembers.Names));
        if (!LanguageRules.IsSupported(compilation.LanguageVersion))
        {
            issues.Add(LanguageRules.Issue(type.Name, compilation.LanguageVersion));
        }

        AttributedClass @class = ClassReader.Read(type, attribute, declaration, compilation, GeneratedMembers.Names, context.CancellationToken);
        JsonFile[] files = (@class.Spec ?? @class.Config ?? @class.Plan) is null ? Array.Empty<JsonFile>() : context.Options.AdditionalFiles
            .Select(f => ClassParser.ReadFile(f, context.CancellationToken))
            .OfType<JsonFile>()
            .ToArray();
        ClassInput input = ClassParser.Resolve(@class, files);
        ClassSpec? spec = ClassParser.Parse(input, issues);
        foreach ((SpecIssue issue, int more) in Merge(issues))
        {
            Report(context, places, input, issue, more);
        }

        if (spec is not null && PaddingAdvice.For(type.Name, spec.Model) is string advice)
        {
            context.ReportDiagnostic(Diagnostic.Create(AdviceDescriptors.PaddedWork, places.ClassName, advice));
        }
    }

    private static IEnumerable<(SpecIssue Issue, int More)> Merge(IEnumerable<SpecIssue> issues) =>
        from issue in issues
        group issue by s_perMatrix.Contains(issue.Id) ? issue.Id + issue.Property : issue.Message into same
        select (same.First(), same.Count() - 1);

    private static void Report(SymbolAnalysisContext context, AttributePlaces places, ClassInput input, SpecIssue issue, int more)
    {
        int nearest = issue.Id == "QG1102" && issue.Property == "Groups" ? LegalGroups.Nearest(input) ?? issue.NearestLegalValue : issue.NearestLegalValue;

        // In a file a number has many places; here it has the one that is reported.
        ImmutableDictionary<string, string?> properties = nearest == 0 || issue.Property is "Plan" or "Config"
            ? ImmutableDictionary<string, string?>.Empty
            : ImmutableDictionary<string, string?>.Empty.Add(NearestLegalValue, nearest.ToString(CultureInfo.InvariantCulture));
        string message = more == 0 ? issue.Message : FormattableString.Invariant($"{issue.Message} (so has {more} more)");
        context.ReportDiagnostic(Diagnostic.Create(DiagnosticCatalog.Find(issue.Id), places.Of(issue.Id, issue.Property), properties, message));
    }
}
