namespace QuantGen.Graph;

/// <summary>A model as steps in the order of the forward pass. Tensors, places of codes, buffers, phases and code are all derived from it.</summary>
public sealed class ModelGraph
{
    // Linear layers right behind a function that gives no value far below zero.
    private readonly HashSet<LinearNode> _oneSided = new();

    /// <summary>Creates a graph.</summary>
    /// <param name="embedding">From token ids to the hidden states that enter the first layer.</param>
    /// <param name="layers">The distinct layers; each reads and makes the hidden states.</param>
    /// <param name="usesPerLayer">How many times each distinct layer runs, one after the other.</param>
    /// <param name="head">What stands on top; empty where the hidden states are the result.</param>
    internal ModelGraph(IReadOnlyList<Node> embedding, IReadOnlyList<IReadOnlyList<Node>> layers, int usesPerLayer, IReadOnlyList<Node> head)
    {
        Embedding = embedding;
        Layers = layers;
        UsesPerLayer = usesPerLayer;
        Head = head;
        Nodes = embedding.Concat(layers.SelectMany(layer => layer)).Concat(head).ToArray();

        Matrices = Nodes.OfType<LinearNode>().Where(linear => linear.IsQuantizable).ToArray();

        for (int i = 1; i < Nodes.Count; i++)
        {
            if (Nodes[i] is LinearNode linear && Nodes[i - 1] is ActivationNode { IsOneSided: true } function && function.Output == linear.Input)
            {
                _oneSided.Add(linear);
            }
        }

        // What calls ask for allocates nothing.
        IsPooled = head.OfType<RowsNode>().Any(rows => rows.Choice == RowChoice.FirstTokens);
        OutputLayer = head.Count > 0 ? head[head.Count - 1] as LinearNode : null;
        Decoder = head.OfType<DecoderNode>().FirstOrDefault();
    }

    /// <summary>Gets the steps before the first layer.</summary>
    public IReadOnlyList<Node> Embedding { get; }

    /// <summary>Gets the steps of each distinct layer.</summary>
    public IReadOnlyList<IReadOnlyList<Node>> Layers { get; }

    /// <summary>Gets how many times each distinct layer runs: 1 unless layers share their weights.</summary>
    public int UsesPerLayer { get; }

    /// <summary>Gets whether layers share their weights.</summary>
    public bool IsShared => UsesPerLayer > 1;

    /// <summary>Gets how many layers a pass runs through.</summary>
    public int Depth => Layers.Count * UsesPerLayer;

    /// <summary>Gets the steps of the head.</summary>
    public IReadOnlyList<Node> Head { get; }

    /// <summary>Gets all steps, each distinct layer's once.</summary>
    public IReadOnlyList<Node> Nodes { get; }

    /// <summary>Gets the linear layers whose weights may be codes, in order.</summary>
    public IReadOnlyList<LinearNode> Matrices { get; }

    /// <summary>Gets whether the head reads first tokens only, so that the last layer need not finish the others.</summary>
    public bool IsPooled { get; }

    /// <summary>Gets the head's last linear layer, which has full precision; null where there is none.</summary>
    public LinearNode? OutputLayer { get; }

    /// <summary>Gets the decoder of a masked language model; null for other heads.</summary>
    public DecoderNode? Decoder { get; }

    /// <summary>Gets the embeddings.</summary>
    public EmbeddingNode Words => Embedding.OfType<EmbeddingNode>().First();

    /// <summary>Gets whether what a linear layer reads comes from a function that gives no value far below zero.</summary>
    /// <param name="linear">One of the graph's steps.</param>
    internal bool IsOneSided(LinearNode linear) => _oneSided.Contains(linear);

    /// <summary>Gets the attention of a distinct layer.</summary>
    /// <param name="layer">Its index.</param>
    public AttentionNode Attention(int layer) => Layers[layer].OfType<AttentionNode>().First();

    /// <summary>Gets the place where the inputs of a linear layer become codes.</summary>
    /// <param name="matrix">The layer's canonical name.</param>
    public string SiteOf(string matrix) => Matrices.First(linear => linear.Name == matrix).Site;

    /// <summary>Makes the same model with factors for all residuals.</summary>
    internal ModelGraph WithResidualFactors() => new(
        Embedding,
        Layers.Select(layer => layer.Select(step => step is NormNode { Residual: not null } sum ? sum with { HasFactors = true } : step).ToArray()).ToArray(),
        UsesPerLayer,
        Head);

    /// <summary>Gets how often a pass uses what has a name: as often as its layer runs.</summary>
    /// <param name="name">A canonical name.</param>
    public int UsesOf(string name) => LayerNames.IsInLayer(name) ? UsesPerLayer : 1;
}
