using Microsoft.CodeAnalysis.CSharp;
using QuantGen.Graph;
using QuantGen.Specs;

namespace QuantGen.Generators.Specs;

/// <summary>A legal class: all that emitters know. Compared by value: adding a symbol or a location here breaks caching.</summary>
/// <param name="Namespace">Full namespace as C# writes it, or an empty text.</param>
/// <param name="Name">The class's name.</param>
/// <param name="Hint">Start of generated file names.</param>
/// <param name="Model">The model.</param>
/// <param name="Labels">Labels that the attribute sets, in the order of the head's outputs; empty when the packed file decides.</param>
/// <param name="MaxSequenceLength">Longest sequence of the memory plan.</param>
/// <param name="MaxBatchTokens">Most tokens of one pass.</param>
internal sealed record ClassSpec(
    string Namespace,
    string Name,
    string Hint,
    ModelSpec Model,
    EquatableArray<string> Labels,
    int MaxSequenceLength,
    int MaxBatchTokens)
{
    /// <summary>Gets whether code for training is generated, too.</summary>
    public bool Training { get; init; }

    /// <summary>Last part of the namespace of everything the user does not call.</summary>
    public const string ImplementationName = "QuantGenerated";

    /// <summary>Gets the namespace of everything the user does not call.</summary>
    public string ImplementationNamespace => Namespace.Length == 0 ? ImplementationName : Namespace + "." + ImplementationName;

    /// <summary>Gets the class's name as C# writes it: a keyword needs its <c>@</c>.</summary>
    public string TypeName =>
        SyntaxFacts.GetKeywordKind(Name) != SyntaxKind.None || SyntaxFacts.GetContextualKeywordKind(Name) != SyntaxKind.None ? "@" + Name : Name;

    /// <summary>Gets the name of the class that runs the model.</summary>
    public string Program => Name + "Program";
}
