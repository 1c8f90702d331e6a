namespace QuantGen.Specs;

/// <summary>A place in the model where activations enter linear layers: query, key and value share one.</summary>
/// <param name="Name">Canonical name, such as <c>encoder.layer.0.attention.self</c> or the name of the one layer that reads it.</param>
/// <param name="Columns">Width of the activations.</param>
/// <param name="Uses">How often a forward pass comes by: the layer count for ALBERT's shared layer, else 1.</param>
/// <param name="IsQuantized">Whether any layer that reads it has quantized weights.</param>
public sealed record ActivationSite(string Name, int Columns, int Uses, bool IsQuantized)
{
    /// <summary>Gets the canonical site that a matrix reads.</summary>
    /// <param name="matrixName">A canonical matrix name.</param>
    public static string NameFor(string matrixName)
    {
        int self = matrixName.IndexOf(".attention.self.", System.StringComparison.Ordinal);
        return self < 0 ? matrixName : matrixName.Substring(0, self) + ".attention.self";
    }

    internal static IReadOnlyList<ActivationSite> Of(ModelSpec spec) => spec.Matrices
        .GroupBy(m => NameFor(m.Name))
        .Select(g => new ActivationSite(
            g.Key,
            g.First().Columns,
            g.Key.StartsWith("encoder.layer.", System.StringComparison.Ordinal) ? spec.UsesPerBlock : 1,
            g.Any(m => m.IsQuantized)))
        .ToArray();
}
