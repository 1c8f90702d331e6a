using QuantGen.Graph;

namespace QuantGen.Specs;

/// <summary>A place in the model where activations enter linear layers (query, key and value share one) or the products of attention.</summary>
/// <param name="Name">Canonical name, such as <c>encoder.layer.0.attention.self</c> or the name of the one layer that reads it.</param>
/// <param name="Columns">Width of the activations; 0 for attention probabilities, which have one for each key.</param>
/// <param name="Uses">How often a forward pass comes by: the layer count for ALBERT's shared layer, else 1.</param>
/// <param name="IsQuantized">Whether any layer that reads it multiplies integers.</param>
public sealed record ActivationSite(string Name, int Columns, int Uses, bool IsQuantized)
{
    /// <summary>
    /// Gets whether the values come from a function that gives none far below zero, so that codes of one bit stand for 0 and a scale rather than for a scale
    /// of either sign.
    /// </summary>
    /// <remarks>Most outputs of GELU are near zero, and that is what a code must be able to say; its negative values are small and become zero.</remarks>
    public bool IsOneSided { get; init; }

    /// <summary>Gets how many ranges a use has: one, or one for each column.</summary>
    public int Buckets { get; init; } = 1;

    /// <summary>Gets whether no value is below zero, so that a range as it is begins there.</summary>
    public bool IsNeverNegative => IsProbabilities || IsRectified;

    /// <summary>Gets whether the values come from a rectifier.</summary>
    internal bool IsRectified { get; init; }

    /// <summary>Gets whether the values are attention probabilities, which are never negative.</summary>
    public bool IsProbabilities => IsProbabilitiesName(Name);

    internal static bool IsProbabilitiesName(string name) => name.EndsWith(AttentionNode.ProbabilitiesEnd, System.StringComparison.Ordinal);

    internal static IReadOnlyList<ActivationSite> OfAttention(ModelSpec spec) => !spec.HasQuantizedAttention
        ? System.Array.Empty<ActivationSite>()
        : Enumerable.Range(0, spec.Graph.Layers.Count).SelectMany(layer => OfAttention(spec.Graph, layer)).Where(site => HasRange(spec, site.Name)).ToArray();

    // Without floats weights of attention have a scale of their own, since the largest of a row is always the same.
    internal static bool HasRange(ModelSpec spec, string operand) => !spec.IsInteger || !IsProbabilitiesName(operand);

    internal static IEnumerable<ActivationSite> OfAttention(ModelGraph graph, int layer)
    {
        AttentionNode attention = graph.Attention(layer);
        return attention.Operands.Select(name =>
            new ActivationSite(name, IsProbabilitiesName(name) ? 0 : attention.Columns, graph.UsesPerLayer, IsQuantized: true));
    }

    // Layers that share a place follow each other, and matrices stand in the order of the graph.
    internal static IReadOnlyList<ActivationSite> Of(ModelSpec spec)
    {
        IReadOnlyList<LinearNode> nodes = spec.Graph.Matrices;
        var sites = new List<ActivationSite>(nodes.Count);
        for (int i = 0; i < nodes.Count;)
        {
            int first = i;
            bool isQuantized = false;
            for (; i < nodes.Count && nodes[i].Site == nodes[first].Site; i++)
            {
                isQuantized |= spec.Matrices[i].HasIntegerProduct;
            }

            sites.Add(new ActivationSite(nodes[first].Site, nodes[first].Width, spec.Graph.UsesOf(nodes[first].Site), isQuantized)
            {
                IsOneSided = spec.Graph.IsOneSided(nodes[first]),
                IsRectified = spec.Graph.IsOneSided(nodes[first]) && spec.Dimensions.HiddenActivation == HiddenActivation.Relu,
            });
        }

        return sites;
    }
}
