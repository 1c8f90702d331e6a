using Microsoft.CodeAnalysis;
using QuantGen.Generators.Specs;
using QuantGen.Graph;
using QuantGen.Specs;

namespace QuantGen.Generators.Parsing;

/// <summary>Reads the annotated class and lets go of its symbols.</summary>
internal static class AttributeParser
{
    public const string AttributeName = "QuantGen.QuantizedBertAttribute";
    private const string LayerBitsName = "QuantGen.LayerBitsAttribute";

    /// <summary>Finds the attribute that counts: the first, where it was written twice and the compiler complains.</summary>
    public static AttributeData? Find(INamedTypeSymbol type) =>
        type.GetAttributes().FirstOrDefault(a => IsNamed(a, AttributeName));

    /// <summary>Finds the <c>[LayerBits]</c> of a class, in the order of <see cref="SpecOptions.LayerBits"/>.</summary>
    public static IEnumerable<AttributeData> FindLayerBits(INamedTypeSymbol type) =>
        type.GetAttributes().Where(a => IsNamed(a, LayerBitsName) && a.ConstructorArguments.Length == 2);

    /// <summary>Reads a class and its attribute.</summary>
    public static AttributedClass Parse(INamedTypeSymbol type, AttributeData attribute, bool isLegalType, string hint)
    {
        var issues = new List<SpecIssue>();
        var values = new AttributeValues(attribute, issues);
        string ns = type.ContainingNamespace.IsGlobalNamespace ? string.Empty : type.ContainingNamespace.ToDisplayString();
        string[]? labels = values.Texts("Labels");
        return new AttributedClass(
            ns,
            type.Name,
            hint,
            values.Text("Spec"),
            values.Text("Config"),
            values.Text("Plan"),
            Options(type, values),
            Dimensions(values),
            labels is null ? default : new EquatableArray<string>(labels),
            labels is not null,
            isLegalType,
            new EquatableArray<SpecIssue>(issues))
        {
            HasBits = attribute.ConstructorArguments.Length > 0,
            Properties = new EquatableArray<string>(attribute.NamedArguments.Select(argument => argument.Key)),
        };
    }

    // The short name first: this is asked of every attribute of every class.
    private static bool IsNamed(AttributeData attribute, string fullName) =>
        attribute.AttributeClass is { } @class && fullName.EndsWith(@class.Name, StringComparison.Ordinal) && @class.ToDisplayString() == fullName;

    private static SpecOptions Options(INamedTypeSymbol type, AttributeValues values)
    {
        var defaults = new SpecOptions();
        return new SpecOptions
        {
            Bits = values.Argument(0, defaults.Bits),
            GroupCount = values.Argument(1, defaults.GroupCount),
            GroupSize = values.Integer("GroupSize") ?? 0,
            ActivationBits = values.Integer("ActivationBits"),
            AttentionBits = values.Integer("AttentionBits"),
            Numerics = values.Enum<Numerics>("Numerics") ?? defaults.Numerics,
            Attention = values.Enum<AttentionKind>("Attention") ?? defaults.Attention,
            EmbeddingBits = values.Integer("EmbeddingBits"),
            PositionBits = values.Integer("PositionBits") ?? defaults.PositionBits,
            Storage = values.Enum<Storage>("Storage") ?? defaults.Storage,
            EmbeddingStorage = values.Enum<Storage>("EmbeddingStorage"),
            Training = values.Flag("Training"),
            Mapping = values.Enum<Mapping>("Mapping") ?? defaults.Mapping,
            ActivationRange = values.Enum<ActivationRange>("ActivationRange"),
            Head = values.Enum<BertHead>("Head") ?? BertHead.Encoder,
            MaxSequenceLength = values.Integer("MaxSequenceLength") ?? defaults.MaxSequenceLength,
            MaxBatchTokens = values.Integer("MaxBatchTokens") ?? defaults.MaxBatchTokens,
            LayerBits = new EquatableArray<LayerBitsRule>(LayerBits(type)),
        };
    }

    private static IEnumerable<LayerBitsRule> LayerBits(INamedTypeSymbol type) =>
        from attribute in FindLayerBits(type)
        let pattern = attribute.ConstructorArguments[0]
        let bits = attribute.ConstructorArguments[1]
        select new LayerBitsRule(AttributeValues.Scalar(pattern) as string ?? string.Empty, AttributeValues.Scalar(bits) as int? ?? 0);

    private static ExplicitDimensions Dimensions(AttributeValues values) => new()
    {
        Architecture = values.Enum<BertArchitecture>("Architecture"),
        Layers = values.Integer("Layers"),
        HiddenSize = values.Integer("HiddenSize"),
        EmbeddingSize = values.Integer("EmbeddingSize"),
        Heads = values.Integer("Heads"),
        IntermediateSize = values.Integer("IntermediateSize"),
        VocabularySize = values.Integer("VocabularySize"),
        MaxPositions = values.Integer("MaxPositions"),
        TypeVocabularySize = values.Integer("TypeVocabularySize"),
        HiddenActivation = values.Enum<HiddenActivation>("HiddenActivation"),
    };
}
