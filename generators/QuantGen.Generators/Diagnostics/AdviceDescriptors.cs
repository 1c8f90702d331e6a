using Microsoft.CodeAnalysis;

namespace QuantGen.Generators.Diagnostics;

/// <summary>Advice: the model is legal, and another choice would serve better.</summary>
internal static class AdviceDescriptors
{
    public static readonly DiagnosticDescriptor PaddedWork = new(
        id: "QG2001",
        title: "Products are spent on padding",
        messageFormat: "{0}",
        category: "QuantGen.Advice",
        defaultSeverity: DiagnosticSeverity.Info,
        isEnabledByDefault: true,
        description: "Kernels compute 32 outputs at a time over a multiple of 32 inputs; rows and inputs beyond the matrix are computed in vain.",
        helpLinkUri: HelpLink.For("QG2001"));
}
