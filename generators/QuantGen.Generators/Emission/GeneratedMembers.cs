using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using QuantGen.Generators.Specs;
using QuantGen.Graph;
using QuantGen.Specs;

namespace QuantGen.Generators.Emission;

/// <summary>The names of the members that generated code adds to a user's class, whatever its head: read from the code itself, once per process.</summary>
/// <remarks>A member that an emitter begins or ceases to write is in this list or out of it without anybody's doing.</remarks>
internal static class GeneratedMembers
{
    private const string ClassName = "Example";
    private static readonly Lazy<IReadOnlyList<string>> s_names = new(Read);

    /// <summary>Gets the names, each once; constructors, operators and explicit implementations of interfaces have none.</summary>
    public static IReadOnlyList<string> Names => s_names.Value;

    private static IReadOnlyList<string> Read() => ((BertHead[])Enum.GetValues(typeof(BertHead)))
        .SelectMany(head => ModelSources.Emit(Example(head)))
        .Where(file => Regex.IsMatch(file.Text, $@"partial class {ClassName}\b"))
        .SelectMany(file => CSharpSyntaxTree.ParseText(file.Text).GetRoot().DescendantNodes(HoldsClasses))
        .OfType<ClassDeclarationSyntax>()
        .Where(@class => @class.Identifier.ValueText == ClassName)
        .SelectMany(@class => @class.Members.SelectMany(NamesOf))
        .Distinct()
        .OrderBy(name => name, StringComparer.Ordinal)
        .ToArray();

    private static bool HoldsClasses(SyntaxNode node) => node is not MemberDeclarationSyntax or BaseNamespaceDeclarationSyntax;

    private static IEnumerable<string> NamesOf(MemberDeclarationSyntax member) => member switch
    {
        MethodDeclarationSyntax { ExplicitInterfaceSpecifier: null } method => new[] { method.Identifier.ValueText },
        PropertyDeclarationSyntax { ExplicitInterfaceSpecifier: null } property => new[] { property.Identifier.ValueText },
        EventDeclarationSyntax { ExplicitInterfaceSpecifier: null } @event => new[] { @event.Identifier.ValueText },
        IndexerDeclarationSyntax { ExplicitInterfaceSpecifier: null } => new[] { "this[]" },
        BaseFieldDeclarationSyntax fields => fields.Declaration.Variables.Select(variable => variable.Identifier.ValueText),
        BaseTypeDeclarationSyntax type => new[] { type.Identifier.ValueText },
        DelegateDeclarationSyntax @delegate => new[] { @delegate.Identifier.ValueText },
        _ => Array.Empty<string>(),
    };

    // As small as a model can be, in full precision, with everything that a class may ask for.
    private static ClassSpec Example(BertHead head)
    {
        var config = new ModelConfig
        {
            Layers = 1, HiddenSize = 8, EmbeddingSize = 8, Heads = 1, IntermediateSize = 8, VocabularySize = 8, MaxPositions = 8,
        };
        var options = new SpecOptions { Bits = 32, EmbeddingBits = 32, Head = head, Training = true, MaxSequenceLength = 8, MaxBatchTokens = 8 };
        var issues = new List<SpecIssue>();
        ModelSpec model = SpecBuilder.Build(config, options, issues) ?? throw new InvalidOperationException(issues[0].Message);
        var labels = new EquatableArray<string>(Enumerable.Range(0, model.OutputCount).Select(i => FormattableString.Invariant($"LABEL_{i}")).ToArray());
        return new ClassSpec(string.Empty, ClassName, ClassName, model, labels, options.MaxSequenceLength, options.MaxBatchTokens) { Training = true };
    }
}
