using Microsoft.CodeAnalysis;

namespace QuantGen.Generators.Diagnostics;

/// <summary>Errors about what the attribute says about quantization.</summary>
internal static class SchemeDescriptors
{
    private const string Category = "QuantGen.Scheme";

    public static readonly DiagnosticDescriptor WeightBits = new(
        id: "QG1101",
        title: "Illegal bits of a weight",
        messageFormat: "{0}",
        category: Category,
        defaultSeverity: DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "Weights have 1 to 8 bits, or 32 for full precision; 1 to 5 or 32 with a codebook.",
        helpLinkUri: HelpLink.For("QG1101"));

    public static readonly DiagnosticDescriptor GroupCount = new(
        id: "QG1102",
        title: "Illegal group count",
        messageFormat: "{0}",
        category: Category,
        defaultSeverity: DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "Groups are taken along output rows, and their count must divide the rows of every quantized matrix.",
        helpLinkUri: HelpLink.For("QG1102"));

    public static readonly DiagnosticDescriptor GroupSize = new(
        id: "QG1103",
        title: "Illegal group size",
        messageFormat: "{0}",
        category: Category,
        defaultSeverity: DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "A group along the inputs has a multiple of 32 of them.",
        helpLinkUri: HelpLink.For("QG1103"));

    public static readonly DiagnosticDescriptor GroupsAlongBoth = new(
        id: "QG1104",
        title: "Groups along rows and along inputs",
        messageFormat: "{0}",
        category: Category,
        defaultSeverity: DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "A matrix has groups along its rows or along its inputs, not both.",
        helpLinkUri: HelpLink.For("QG1104"));

    public static readonly DiagnosticDescriptor ActivationBits = new(
        id: "QG1105",
        title: "Illegal bits of an activation",
        messageFormat: "{0}",
        category: Category,
        defaultSeverity: DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "Activations that enter integer products have 2 to 8 bits, or 1 with weights of one bit, those that meet codebooks have 32, and "
            + "attention's operands have 2 to 8 or 32.",
        helpLinkUri: HelpLink.For("QG1105"));

    public static readonly DiagnosticDescriptor EmbeddingBits = new(
        id: "QG1106",
        title: "Illegal bits of the embedding",
        messageFormat: "{0}",
        category: Category,
        defaultSeverity: DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "The word embedding has 1 to 8 or 32 bits; 1 to 5 or 32 with a codebook.",
        helpLinkUri: HelpLink.For("QG1106"));

    public static readonly DiagnosticDescriptor LayerBitsPattern = new(
        id: "QG1107",
        title: "LayerBits matches no matrix",
        messageFormat: "{0}",
        category: Category,
        defaultSeverity: DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "A pattern that matches nothing is a mistake in the pattern.",
        helpLinkUri: HelpLink.For("QG1107"));

    public static readonly DiagnosticDescriptor LayerBitsBits = new(
        id: "QG1108",
        title: "Illegal bits in LayerBits",
        messageFormat: "{0}",
        category: Category,
        defaultSeverity: DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "Weights have 1 to 8 bits, or 32 for full precision; 1 to 5 or 32 with a codebook.",
        helpLinkUri: HelpLink.For("QG1108"));

    public static readonly DiagnosticDescriptor AsymmetricBinary = new(
        id: "QG1109",
        title: "One-bit weights are symmetric",
        messageFormat: "{0}",
        category: Category,
        defaultSeverity: DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "One bit stores a sign, which leaves no code for a zero point.",
        helpLinkUri: HelpLink.For("QG1109"));

    public static readonly DiagnosticDescriptor MaxSequenceLength = new(
        id: "QG1110",
        title: "Illegal longest sequence",
        messageFormat: "{0}",
        category: Category,
        defaultSeverity: DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "The model has an embedding for each position up to its maximum, and for none beyond.",
        helpLinkUri: HelpLink.For("QG1110"));

    public static readonly DiagnosticDescriptor MaxBatchTokens = new(
        id: "QG1111",
        title: "Illegal bound of a batch",
        messageFormat: "{0}",
        category: Category,
        defaultSeverity: DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "A pass must hold at least the longest sequence, and count all heads of all sequences.",
        helpLinkUri: HelpLink.For("QG1111"));

    public static readonly DiagnosticDescriptor UndefinedMember = new(
        id: "QG1112",
        title: "Value without an enum member",
        messageFormat: "{0}",
        category: Category,
        defaultSeverity: DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "A number that was cast to an enum must be one of its members.",
        helpLinkUri: HelpLink.For("QG1112"));

    public static readonly DiagnosticDescriptor Labels = new(
        id: "QG1113",
        title: "Illegal labels",
        messageFormat: "{0}",
        category: Category,
        defaultSeverity: DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "Labels are distinct texts, one per output of a classification head.",
        helpLinkUri: HelpLink.For("QG1113"));

    public static readonly DiagnosticDescriptor SchemeExcludes = new(
        id: "QG1114",
        title: "Setting that the scheme excludes",
        messageFormat: "{0}",
        category: Category,
        defaultSeverity: DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "Learned, ternary and clustered weights are symmetric and have no groups along their inputs; a codebook serves a whole matrix.",
        helpLinkUri: HelpLink.For("QG1114"));

    public static readonly DiagnosticDescriptor NotTrainable = new(
        id: "QG1115",
        title: "Model that cannot be trained",
        messageFormat: "{0}",
        category: Category,
        defaultSeverity: DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "The model can be computed, but its codes cannot be trained: training has symmetric codes with scales for " +
            "groups of rows, and codebooks.",
        helpLinkUri: HelpLink.For("QG1115"));

    public static readonly DiagnosticDescriptor IntegerExcludes = new(
        id: "QG1116",
        title: "Setting that integers exclude",
        messageFormat: "{0}",
        category: Category,
        defaultSeverity: DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "Without floats weights are uniform and symmetric with 2 to 8 bits, activations and attention have 8 bits and stored ranges, and "
            + "functions and heads are those that have an integer form.",
        helpLinkUri: HelpLink.For("QG1116"));

    public static readonly DiagnosticDescriptor QuantizedExcludes = new(
        id: "QG1117",
        title: "Setting that rounding every operation excludes",
        messageFormat: "{0}",
        category: Category,
        defaultSeverity: DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "Where every operation is rounded, weights and embeddings are uniform with 2 to 8 bits and ranges as they are, and activations and "
            + "attention have stored ranges of 2 to 8 bits; such ranges belong to no other numerics.",
        helpLinkUri: HelpLink.For("QG1117"));
}
