using QuantGen.Graph;

namespace QuantGen.Architectures;

/// <summary>One model family: what its <c>config.json</c> says, how its checkpoints call their tensors, and its steps. Nothing else knows one from
/// another.</summary>
public abstract class ModelFamily
{
    /// <summary>Gets its member of the enum.</summary>
    public abstract BertArchitecture Architecture { get; }

    /// <summary>Gets its <c>model_type</c> in <c>config.json</c>, which also begins the names of base tensors in checkpoints with a head.</summary>
    public abstract string ModelType { get; }

    /// <summary>Gets its name in texts.</summary>
    public abstract string Name { get; }

    /// <summary>Gets the beginning of its classes' names, such as <c>Bert</c> of <c>BertForMaskedLM</c>.</summary>
    public abstract string ClassPrefix { get; }

    /// <summary>Gets the renamings between its checkpoints and the canonical names.</summary>
    internal abstract TensorNames Names { get; }

    /// <summary>Gets the dimensions of its best known model.</summary>
    public virtual ModelConfig Defaults => new() { Architecture = Architecture };

    /// <summary>Gets whether its embeddings may be narrower than its hidden states.</summary>
    public virtual bool HasEmbeddingProjection => false;

    /// <summary>Gets whether embeddings have a projection even where they are as wide as the hidden states.</summary>
    public virtual bool AlwaysProjects => false;

    /// <summary>Gets whether its tokens have types.</summary>
    public virtual bool HasTokenTypes => true;

    /// <summary>Gets how many distinct layers a model has.</summary>
    /// <param name="d">The dimensions.</param>
    public virtual int DistinctLayers(ModelConfig d) => d.Layers;

    /// <summary>Gets the steps of the head.</summary>
    /// <param name="d">The dimensions.</param>
    /// <param name="head">Which head.</param>
    /// <param name="outputs">Its outputs.</param>
    internal abstract IReadOnlyList<Node> Head(ModelConfig d, BertHead head, int outputs);

    /// <summary>Reads the dimensions; labels and head are read for all families alike.</summary>
    /// <param name="file">The configuration file.</param>
    internal abstract ModelConfig Read(ConfigKeys file);

    /// <summary>Gets the members of a <c>config.json</c> that say a model's dimensions: the reverse of <see cref="Read"/>.</summary>
    /// <param name="d">The dimensions.</param>
    internal virtual IEnumerable<(string Key, object Value)> Keys(ModelConfig d) => new (string, object)[]
    {
        ("vocab_size", d.VocabularySize),
        ("hidden_size", d.HiddenSize),
        ("num_hidden_layers", d.Layers),
        ("num_attention_heads", d.Heads),
        ("intermediate_size", d.IntermediateSize),
        ("max_position_embeddings", d.MaxPositions),
        ("type_vocab_size", d.TypeVocabularySize),
        ("hidden_act", ActivationNames.Of(d.HiddenActivation)),
        ("layer_norm_eps", d.LayerNormEpsilon),
    };

    /// <summary>Gets the name that a checkpoint of the family has for a tensor.</summary>
    /// <param name="canonical">The tensor's canonical name.</param>
    /// <param name="hasHead">Whether the model has a head, which puts the rest one level down.</param>
    public string SourceName(string canonical, bool hasHead) => Names.Source(canonical, hasHead);

    /// <summary>Gets whether a tensor belongs to any of the family's heads.</summary>
    /// <param name="canonical">The tensor's canonical name.</param>
    public bool IsOfHead(string canonical) => ModelConfigReader.Heads.SelectMany(head => Head(Defaults, head, outputs: 1)).Any(step => step switch
    {
        LinearNode linear => canonical.StartsWith(linear.Name + ".", StringComparison.Ordinal),
        NormNode norm => canonical.StartsWith(norm.Name + ".", StringComparison.Ordinal),
        DecoderNode decoder => canonical == decoder.Bias || canonical.StartsWith(Steps.MaskedLanguageDecoder + ".", StringComparison.Ordinal),
        _ => false,
    });

    /// <summary>Builds a model's graph.</summary>
    /// <param name="d">The dimensions.</param>
    /// <param name="head">What stands on top.</param>
    /// <param name="outputs">Its outputs.</param>
    /// <param name="hasResidualFactors">Whether residuals have factors.</param>
    public ModelGraph Graph(ModelConfig d, BertHead head, int outputs, bool hasResidualFactors = false)
    {
        int layers = DistinctLayers(d);
        var graph = new ModelGraph(
            Steps.Embedding(d, HasTokenTypes, AlwaysProjects),
            Enumerable.Range(0, layers).Select(layer => Steps.PostNormLayer(d, layer)).ToArray(),
            d.Layers / layers,
            Head(d, head, outputs));
        return hasResidualFactors ? graph.WithResidualFactors() : graph;
    }
}
