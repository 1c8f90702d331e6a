using QuantGen.Graph;

namespace QuantGen.Specs;

/// <summary>A step whose results are rounded where no product reads them (FullyQT); inputs of linear layers and operands of attention have ranges of their
/// own.</summary>
/// <param name="Owner">Canonical name, with which the name of the tensor of its ranges begins.</param>
/// <param name="Sites">What is rounded, in the order of its ranges.</param>
internal sealed record RoundingPlace(string Owner, IReadOnlyList<ActivationSite> Sites)
{
    /// <summary>What follows the owner in the name of the tensor of ranges: a scale and a center for each site.</summary>
    public const string Ranges = ".ranges";

    /// <summary>Floats of a range.</summary>
    public const int Floats = 2;

    /// <summary>The owner of the sum of embeddings.</summary>
    public const string Embeddings = "embeddings";

    /// <summary>
    /// Lists the places of a model in the order of the forward pass: the sum of embeddings; of each normalization the numerator, the denominator, the
    /// quotient and the result; softmax's denominators; what the feed-forward half adds. A head's are none: it stays in floats.
    /// </summary>
    /// <remarks>Weights of attention before they are divided need none: their range is always from 0 to 1.</remarks>
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
                    places.Add(Make(Embeddings, node.Columns, "sum"));
                    break;
                case NormNode norm:
                    places.Add(new RoundingPlace(norm.Name, new[]
                    {
                        Site(norm.Name, "numerator", norm.Columns), Site(norm.Name, Denominator, 1), Site(norm.Name, "quotient", norm.Columns),
                        Site(norm.Name, "output", norm.Columns),
                    }));
                    break;
                case AttentionNode attention:
                    places.Add(Make(attention.Name, 0, Denominator));
                    break;
                case ActivationNode activation:
                    activated = activation.Output;
                    break;
                case LinearNode linear when linear.Input == activated:
                    places.Add(Make(linear.Name, linear.Rows, "output"));
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

    private static RoundingPlace Make(string owner, int columns, string site) => new(owner, new[] { Site(owner, site, columns) });

    private static ActivationSite Site(string owner, string site, int columns) => new(owner + "." + site, columns, Uses: 1, IsQuantized: true);
}
