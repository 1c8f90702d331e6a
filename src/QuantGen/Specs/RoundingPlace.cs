using QuantGen.Graph;

namespace QuantGen.Specs;

/// <summary>A step whose results are rounded where no product reads them (FullyQT); inputs of linear layers and operands of attention have ranges of their
/// own.</summary>
/// <param name="Owner">Canonical name, with which the name of the tensor of its ranges begins.</param>
/// <param name="Sites">What is rounded, in the order of its ranges.</param>
internal sealed record RoundingPlace(string Owner, IReadOnlyList<ActivationSite> Sites)
{
    /// <summary>What follows the owner in the name of the tensor of ranges.</summary>
    public const string Ranges = ".ranges";

    /// <summary>Gets the floats of the ranges: of each site the scales, then the centers.</summary>
    public int Floats => Sites.Sum(site => 2 * site.Buckets);

    /// <summary>The owner of the sum of embeddings.</summary>
    public const string Embeddings = "embeddings";

    /// <summary>
    /// Lists the places of a model in the order of the forward pass: the sum of embeddings; of each normalization the numerator, the denominator, the
    /// quotient and the result; softmax's denominators; what the feed-forward half adds. A head's are none: it stays in floats.
    /// </summary>
    /// <remarks>
    /// What no product of integers reads has a range for each column, which the paper calls buckets; denominators and results of normalizations have one.
    /// Weights of attention before they are divided need none: their range is always from 0 to 1.
    /// </remarks>
    /// <param name="graph">The model's steps.</param>
    public static IReadOnlyList<RoundingPlace> Of(ModelGraph graph)
    {
        var places = new List<RoundingPlace>();
        string activated = string.Empty;
        foreach (Node node in graph.Nodes.Take(graph.Nodes.Count - graph.Head.Count))
        {
            switch (node)
            {
                case EmbeddingNode:
                    places.Add(new RoundingPlace(Embeddings, new[] { Columns(Embeddings, "sum", node.Columns) }));
                    break;
                case NormNode norm:
                    places.Add(new RoundingPlace(norm.Name, new[]
                    {
                        Columns(norm.Name, "numerator", norm.Columns), Site(norm.Name, Denominator, 1), Columns(norm.Name, "quotient", norm.Columns),
                        Site(norm.Name, "output", norm.Columns),
                    }));
                    break;
                case AttentionNode attention:
                    places.Add(new RoundingPlace(attention.Name, new[] { Site(attention.Name, Denominator, 0) }));
                    break;
                case ActivationNode activation:
                    activated = activation.Output;
                    break;
                case LinearNode linear when linear.Input == activated:
                    places.Add(new RoundingPlace(linear.Name, new[] { Columns(linear.Name, "output", linear.Rows) }));
                    break;
            }
        }

        return places;
    }

    /// <summary>Says whether a site is softmax's denominators, whose codes have the bits of attention's operands.</summary>
    /// <param name="graph">The model's steps.</param>
    /// <param name="site">The site's name.</param>
    public static bool IsOfAttention(ModelGraph graph, string site) =>
        graph.Nodes.OfType<AttentionNode>().Any(attention => site == attention.Name + "." + Denominator);

    private const string Denominator = "denominator";

    private static ActivationSite Columns(string owner, string site, int columns) => Site(owner, site, columns) with { Buckets = columns };

    private static ActivationSite Site(string owner, string site, int columns) => new(owner + "." + site, columns, Uses: 1, IsQuantized: true);
}
