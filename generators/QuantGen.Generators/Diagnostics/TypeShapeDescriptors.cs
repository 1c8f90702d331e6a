using Microsoft.CodeAnalysis;

namespace QuantGen.Generators.Diagnostics;

/// <summary>Errors about the shape of the annotated class.</summary>
internal static class TypeShapeDescriptors
{
    private const string Category = "QuantGen.TypeShape";

    public static readonly DiagnosticDescriptor NotPartial = new(
        id: "QG1001",
        title: "Class must be partial",
        messageFormat: "{0}",
        category: Category,
        defaultSeverity: DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "Generated code is added to the class as another part of it.",
        helpLinkUri: HelpLink.For("QG1001"));

    public static readonly DiagnosticDescriptor NotTopLevel = new(
        id: "QG1002",
        title: "Class must be top-level",
        messageFormat: "{0}",
        category: Category,
        defaultSeverity: DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "Generated code stands in files of its own, which cannot reach nested or file-local classes.",
        helpLinkUri: HelpLink.For("QG1002"));

    public static readonly DiagnosticDescriptor UnsupportedKind = new(
        id: "QG1003",
        title: "Class is of a kind that cannot hold a model",
        messageFormat: "{0}",
        category: Category,
        defaultSeverity: DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "A model is an ordinary class: neither static, abstract, generic nor a record.",
        helpLinkUri: HelpLink.For("QG1003"));

    public static readonly DiagnosticDescriptor NameTaken = new(
        id: "QG1004",
        title: "Name is taken by generated code",
        messageFormat: "{0}",
        category: Category,
        defaultSeverity: DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "The generated part declares the public surface of the model, and its names must be free.",
        helpLinkUri: HelpLink.For("QG1004"));

    public static readonly DiagnosticDescriptor HasConstructor = new(
        id: "QG1005",
        title: "Class declares a constructor",
        messageFormat: "{0}",
        category: Category,
        defaultSeverity: DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "Instances come only from the generated Load methods.",
        helpLinkUri: HelpLink.For("QG1005"));

    public static readonly DiagnosticDescriptor NotConstructible = new(
        id: "QG1006",
        title: "Generated constructor cannot create the class",
        messageFormat: "{0}",
        category: Category,
        defaultSeverity: DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "The generated constructor calls the base class without arguments and sets no required members.",
        helpLinkUri: HelpLink.For("QG1006"));
}
