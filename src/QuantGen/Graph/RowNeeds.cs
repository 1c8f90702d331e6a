namespace QuantGen.Graph;

/// <summary>
/// Finds which steps of the last layer a pooled head needs for first tokens only. Going backwards from the layer's output, a step is needed for the
/// rows that its readers need; attention reads keys and values of all tokens whatever it is needed for.
/// </summary>
internal static class RowNeeds
{
    /// <summary>Gets the steps of a layer that are needed for the first token of each sequence only, when its output is.</summary>
    /// <param name="layer">The layer's steps.</param>
    public static HashSet<Node> ForFirstTokens(IReadOnlyList<Node> layer)
    {
        var needsAll = new HashSet<string>(StringComparer.Ordinal);
        var firstOnly = new HashSet<Node>();
        for (int i = layer.Count - 1; i >= 0; i--)
        {
            Node node = layer[i];
            if (needsAll.Contains(node.Output))
            {
                needsAll.UnionWith(node.Inputs);
                continue;
            }

            firstOnly.Add(node);
            if (node is AttentionNode attention)
            {
                needsAll.Add(attention.Key);
                needsAll.Add(attention.Value);
            }
        }

        return firstOnly;
    }
}
