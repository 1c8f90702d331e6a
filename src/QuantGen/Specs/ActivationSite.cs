namespace QuantGen.Specs;

/// <summary>A place in the model where activations enter linear layers (query, key and value share one) or the products of attention.</summary>
/// <param name="Name">Canonical name, such as <c>encoder.layer.0.attention.self</c> or the name of the one layer that reads it.</param>
/// <param name="Columns">Width of the activations; 0 for attention probabilities, which have one for each key.</param>
/// <param name="Uses">How often a forward pass comes by: the layer count for ALBERT's shared layer, else 1.</param>
/// <param name="IsQuantized">Whether any layer that reads it multiplies integers.</param>
public sealed record ActivationSite(string Name, int Columns, int Uses, bool IsQuantized)
{
    /// <summary>What follows the name of a layer in the names of attention's operands, in the order of the forward pass.</summary>
    internal static readonly string[] AttentionParts =
    {
        "attention.self.query.output", "attention.self.key.output", "attention.self.value.output", "attention.self.probabilities",
    };

    /// <summary>Gets whether the values are attention probabilities, which are never negative.</summary>
    public bool IsProbabilities => IsProbabilitiesName(Name);

    internal static bool IsProbabilitiesName(string name) => name.EndsWith(".attention.self.probabilities", System.StringComparison.Ordinal);

    internal static bool IsAttentionOperand(string name) => AttentionParts.Any(part => name.EndsWith("." + part, System.StringComparison.Ordinal));

    /// <summary>Gets the canonical site that a matrix reads.</summary>
    /// <param name="matrixName">A canonical matrix name.</param>
    public static string NameFor(string matrixName)
    {
        int self = matrixName.IndexOf(".attention.self.", System.StringComparison.Ordinal);
        return self < 0 ? matrixName : matrixName.Substring(0, self) + ".attention.self";
    }

    internal static IReadOnlyList<ActivationSite> OfAttention(ModelSpec spec) => !spec.HasQuantizedAttention
        ? System.Array.Empty<ActivationSite>()
        : Enumerable.Range(0, spec.BlockCount)
            .SelectMany(block => AttentionParts.Select((part, i) => new ActivationSite(
                SpecBuilder.LayerName(block, part), i < 3 ? spec.Dimensions.HiddenSize : 0, spec.UsesPerBlock, IsQuantized: true)))
            .ToArray();

    internal static IReadOnlyList<ActivationSite> Of(ModelSpec spec) => spec.Matrices
        .GroupBy(m => NameFor(m.Name))
        .Select(g => new ActivationSite(
            g.Key,
            g.First().Columns,
            g.Key.StartsWith("encoder.layer.", System.StringComparison.Ordinal) ? spec.UsesPerBlock : 1,
            g.Any(m => m.HasIntegerProduct)))
        .ToArray();
}
