using System.Globalization;

namespace QuantGen.Graph;

/// <summary>
/// Cuts a graph into phases. Steps that work row by row follow each other on the same rows; attention needs all rows of its sequence, so that a phase
/// ends before it and after it; a head that reads other rows than all tokens has phases of its own.
/// </summary>
internal static class PhaseList
{
    /// <summary>Gets the phases of a pass, in order.</summary>
    /// <param name="graph">The model.</param>
    public static IReadOnlyList<Phase> Of(ModelGraph graph)
    {
        var phases = new List<Phase>();
        var pending = new List<PhasePart> { new(PartKind.Embed, "Embed", -1, 0, graph.Embedding, Array.Empty<Node>(), PhaseItems.Tokens) };
        for (int use = 0; use < graph.Depth; use++)
        {
            bool isLast = use == graph.Depth - 1;
            int layer = graph.IsShared ? 0 : use;
            IReadOnlyList<Node> steps = graph.Layers[layer];
            HashSet<Node> firstTokens = graph.IsPooled && isLast ? RowNeeds.ForFirstTokens(steps) : new HashSet<Node>();
            int attention = steps.ToList().FindIndex(step => step is AttentionNode);
            Node[] before = steps.Take(attention).ToArray();
            Node[] after = steps.Skip(attention + 1).ToArray();
            string first = firstTokens.Count > 0 ? "First" : string.Empty;

            pending.Add(Part(PartKind.Project, LayerMethod(graph, layer, "Project" + first), layer, use, before, firstTokens, PhaseItems.Tokens));
            phases.Add(new Phase("ProjectLayer" + N(use), PhaseItems.Tokens, pending.ToArray()));
            pending.Clear();
            phases.Add(new Phase(
                "AttendLayer" + N(use), PhaseItems.Heads,
                new[] { Part(PartKind.Attend, "Attend", layer, use, new[] { steps[attention] }, firstTokens, PhaseItems.Heads) }));
            PhaseItems items = firstTokens.Count > 0 ? PhaseItems.Sequences : PhaseItems.Tokens;
            pending.Add(Part(PartKind.Finish, LayerMethod(graph, layer, "Finish" + first), layer, use, after, firstTokens, items));
        }

        phases.Add(new Phase("FinishLayer" + N(graph.Depth - 1), pending[0].Items, pending.ToArray()));
        phases.AddRange(Head(graph));
        return phases;
    }

    /// <summary>Gets the phase that ends what stands before a layer, and begins the layer: each has this one and its attention.</summary>
    /// <param name="layer">The layer, from 0.</param>
    public static int Beginning(int layer) => 2 * layer;

    private static IEnumerable<Phase> Head(ModelGraph graph)
    {
        if (graph.Head.Count == 0)
        {
            yield break;
        }

        if (graph.Decoder is DecoderNode decoder)
        {
            Node[] transform = graph.Head.Where(step => step != decoder).ToArray();
            yield return Single(PartKind.Head, "TransformHead", PhaseItems.HeadTokens, transform);
            yield return Single(PartKind.Decode, "DecodeHead", PhaseItems.Words, new Node[] { decoder });
            yield break;
        }

        yield return Single(PartKind.Head, "ComputeHead", graph.IsPooled ? PhaseItems.Sequence : PhaseItems.Tokens, graph.Head);
    }

    private static Phase Single(PartKind kind, string name, PhaseItems items, IReadOnlyList<Node> steps) =>
        new(name, items, new[] { new PhasePart(kind, name, -1, 0, steps, Array.Empty<Node>(), items) });

    private static PhasePart Part(
        PartKind kind, string method, int layer, int use, IReadOnlyList<Node> steps, HashSet<Node> firstTokens, PhaseItems items) =>
        new(kind, method, layer, use, steps, steps.Where(firstTokens.Contains).ToArray(), items);

    private static string LayerMethod(ModelGraph graph, int layer, string what) => graph.IsShared ? "Layer" + what : "Layer" + N(layer) + what;

    private static string N(int number) => number.ToString(CultureInfo.InvariantCulture);
}
