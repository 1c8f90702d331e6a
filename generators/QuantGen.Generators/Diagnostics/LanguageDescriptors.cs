using Microsoft.CodeAnalysis;

namespace QuantGen.Generators.Diagnostics;

/// <summary>Errors about the consumer's language version.</summary>
internal static class LanguageDescriptors
{
    private const string Category = "QuantGen.Language";

    public static readonly DiagnosticDescriptor LanguageVersion = new(
        id: "QG1301",
        title: "Language version is too old",
        messageFormat: "{0}",
        category: Category,
        defaultSeverity: DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "Generated code uses static abstract interface members, which came with C# 11.",
        helpLinkUri: HelpLink.For("QG1301"));
}
