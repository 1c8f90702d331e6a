using QuantGen.Graph;

namespace QuantGen.Specs;

/// <summary>A place in the model where activations enter linear layers (query, key and value share one) or the products of attention.</summary>
/// <param name="Name">Canonical name, such as <c>encoder.layer.0.attention.self</c> or the name of the one layer that reads it.</param>
/// <param name="Columns">Width of the activations; 0 for attention probabilities, which have one for each key.</param>
/// <param name="Uses">How often a forward pass comes by: the layer count for ALBERT's shared layer, else 1.</param>
/// <param name="IsQuantized">Whether any layer that reads it multiplies integers.</param>
public sealed record ActivationSite(string Name, int Columns, int Uses, bool IsQuantized)
{
    /// <summary>Gets whether the values are attention probabilities, which are never negative.</summary>
    public bool IsProbabilities => IsProbabilitiesName(Name);

    internal static bool IsProbabilitiesName(string name) => name.EndsWith(AttentionNode.ProbabilitiesEnd, System.StringComparison.Ordinal);

    internal static IReadOnlyList<ActivationSite> OfAttention(ModelSpec spec) => !spec.HasQuantizedAttention
        ? System.Array.Empty<ActivationSite>()
        : Enumerable.Range(0, spec.Graph.Layers.Count).SelectMany(layer => OfAttention(spec.Graph, layer)).ToArray();

    internal static IEnumerable<ActivationSite> OfAttention(ModelGraph graph, int layer)
    {
        AttentionNode attention = graph.Attention(layer);
        return attention.Operands.Select(name =>
            new ActivationSite(name, IsProbabilitiesName(name) ? 0 : attention.Columns, graph.UsesPerLayer, IsQuantized: true));
    }

    internal static IReadOnlyList<ActivationSite> Of(ModelSpec spec)
    {
        Dictionary<string, MatrixSpec> matrices = spec.Matrices.ToDictionary(m => m.Name, System.StringComparer.Ordinal);
        return spec.Graph.Matrices
            .GroupBy(node => node.Site)
            .Select(site => new ActivationSite(
                site.Key,
                site.First().Width,
                spec.Graph.LayerOf(site.First()) >= 0 ? spec.Graph.UsesPerLayer : 1,
                site.Any(node => matrices[node.Name].HasIntegerProduct)))
            .ToArray();
    }
}
