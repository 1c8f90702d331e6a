using Microsoft.CodeAnalysis;

namespace QuantGen.Generators.Diagnostics;

/// <summary>Defects of the generator itself.</summary>
internal static class DefectDescriptors
{
    public static readonly DiagnosticDescriptor GeneratorFailed = new(
        id: "QG9001",
        title: "QuantGen failed",
        messageFormat: "QuantGen failed on '{0}': {1}. Please report it with this message.",
        category: "QuantGen.Defect",
        defaultSeverity: DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "A defect in the generator, not in the annotated class.",
        helpLinkUri: HelpLink.For("QG9001"));

    /// <summary>Describes a failure on a class.</summary>
    public static Diagnostic Describe(Location location, string className, Exception failure) =>
        Diagnostic.Create(GeneratorFailed, location, className, failure.GetType().Name + ", " + failure.Message.TrimEnd('.'));
}
