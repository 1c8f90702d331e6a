using Microsoft.CodeAnalysis;

namespace QuantGen.Generators.Diagnostics;

/// <summary>Errors about config.json, plan and dimensions.</summary>
internal static class FileDescriptors
{
    private const string Category = "QuantGen.Files";

    public static readonly DiagnosticDescriptor ConfigNotFound = new(
        id: "QG1201",
        title: "Config is not among the additional files",
        messageFormat: "{0}",
        category: Category,
        defaultSeverity: DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "Generators read only files that the project lists as AdditionalFiles.",
        helpLinkUri: HelpLink.For("QG1201"));

    public static readonly DiagnosticDescriptor ConfigNotJson = new(
        id: "QG1202",
        title: "Config is not JSON",
        messageFormat: "{0}",
        category: Category,
        defaultSeverity: DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "The file must hold a JSON object.",
        helpLinkUri: HelpLink.For("QG1202"));

    public static readonly DiagnosticDescriptor Dimension = new(
        id: "QG1203",
        title: "Illegal dimension",
        messageFormat: "{0}",
        category: Category,
        defaultSeverity: DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "Dimensions come from the configuration file and from the attribute, which wins.",
        helpLinkUri: HelpLink.For("QG1203"));

    public static readonly DiagnosticDescriptor Unsupported = new(
        id: "QG1204",
        title: "Configuration is not supported",
        messageFormat: "{0}",
        category: Category,
        defaultSeverity: DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "The file asks for something that this library does not compute.",
        helpLinkUri: HelpLink.For("QG1204"));

    public static readonly DiagnosticDescriptor PlanNotFound = new(
        id: "QG1205",
        title: "Plan is not among the additional files",
        messageFormat: "{0}",
        category: Category,
        defaultSeverity: DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "Generators read only files that the project lists as AdditionalFiles.",
        helpLinkUri: HelpLink.For("QG1205"));

    public static readonly DiagnosticDescriptor PlanMalformed = new(
        id: "QG1206",
        title: "Plan is malformed",
        messageFormat: "{0}",
        category: Category,
        defaultSeverity: DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "The file must hold a JSON object with the single key matrices.",
        helpLinkUri: HelpLink.For("QG1206"));

    public static readonly DiagnosticDescriptor PlanPattern = new(
        id: "QG1207",
        title: "Plan entry matches no matrix",
        messageFormat: "{0}",
        category: Category,
        defaultSeverity: DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "A pattern that matches nothing is a mistake in the pattern.",
        helpLinkUri: HelpLink.For("QG1207"));

    public static readonly DiagnosticDescriptor PlanValue = new(
        id: "QG1208",
        title: "Illegal value in the plan",
        messageFormat: "{0}",
        category: Category,
        defaultSeverity: DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "Keys and values of a plan are checked one by one.",
        helpLinkUri: HelpLink.For("QG1208"));

    public static readonly DiagnosticDescriptor SpecNotFound = new(
        id: "QG1209",
        title: "Spec is not among the additional files",
        messageFormat: "{0}",
        category: Category,
        defaultSeverity: DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "Generators read only files that the project lists as AdditionalFiles.",
        helpLinkUri: HelpLink.For("QG1209"));

    public static readonly DiagnosticDescriptor SpecIllegal = new(
        id: "QG1210",
        title: "Spec describes no legal model",
        messageFormat: "{0}",
        category: Category,
        defaultSeverity: DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "The file is the one that quantgen writes beside a model; its spec must be canonical in content.",
        helpLinkUri: HelpLink.For("QG1210"));

    public static readonly DiagnosticDescriptor SpecWithOthers = new(
        id: "QG1211",
        title: "Spec excludes other properties",
        messageFormat: "{0}",
        category: Category,
        defaultSeverity: DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "A spec file says everything about a model, so that nothing can contradict it.",
        helpLinkUri: HelpLink.For("QG1211"));

    public static readonly DiagnosticDescriptor NoModel = new(
        id: "QG1212",
        title: "Attribute describes no model",
        messageFormat: "{0}",
        category: Category,
        defaultSeverity: DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "The attribute takes either bits, with whatever goes with them, or a spec file.",
        helpLinkUri: HelpLink.For("QG1212"));
}
